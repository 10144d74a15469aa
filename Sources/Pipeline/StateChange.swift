import BSON
import Updates

/// The collections of the state (spec section 2) that a timeline's state lines may change.
public enum StateCollection: String, Sendable, CaseIterable {
  case users, dialogs, dialogmembers, messages, messagestatuses, metas, events

  /// The fields that name a record, in the order in which a store keeps them. `messagestatuses` has many
  /// records of one key: a history.
  public var key: [String] {
    switch self {
    case .users: ["tenantId", "userId"]
    case .dialogs: ["tenantId", "dialogId"]
    case .dialogmembers: ["tenantId", "dialogId", "userId"]
    case .messages: ["tenantId", "messageId"]
    case .messagestatuses: ["tenantId", "messageId", "userId"]
    case .metas: ["tenantId", "entityType", "entityId", "key"]
    case .events: ["_id"]
    }
  }
}

/// One record of a state line, its key checked.
public struct StateRecord: Sendable {
  /// Where it belongs.
  public let collection: StateCollection
  /// The values of ``StateCollection/key``, in that order; an event's `_id` as lower-case hex.
  public let key: [String]
  /// The record, or for a deletion what named it.
  public let document: BSONDocument
}

/// A state line of a timeline (spec section 9).
public struct StateChange: Sendable {
  /// What is done with the records.
  public enum Action: String, Sendable {
    /// Replace the record of the same key; a `messagestatuses` record is added.
    case upsert
    /// Remove the records of the key.
    case delete
  }

  /// What is done.
  public let action: Action
  /// With which records, in the order of the line.
  public let records: [StateRecord]

  /// Whether a line of a timeline is a state line, well formed or not.
  public static func isStateLine(_ document: BSONDocument) -> Bool {
    document["upsert"] != nil || document["delete"] != nil
  }

  /// Reads a state line.
  ///
  /// - Throws: ``BadEvent`` when it has another shape, or a record lacks its key; nothing of it counts then.
  public init(_ line: BSONDocument) throws(BadEvent) {
    var elements = line.makeIterator()
    guard let only = elements.next(), elements.next() == nil, let action = Action(rawValue: only.key) else {
      throw BadEvent(nil, "a state line holds exactly one of upsert and delete, and nothing else")
    }
    self.action = action
    guard let collections = only.document else {
      throw BadEvent(action.rawValue, "is not an object of collections")
    }
    var records: [StateRecord] = []
    for element in collections {
      guard let collection = StateCollection(rawValue: element.key) else {
        throw BadEvent("\(action.rawValue).\(element.key)", "is none of the collections of the state")
      }
      guard let list = element.array else {
        throw BadEvent("\(action.rawValue).\(element.key)", "is not an array of records")
      }
      for item in list {
        let path = "\(action.rawValue).\(element.key)[\(item.key)]"
        guard let document = item.document else { throw BadEvent(path, "is not an object") }
        records.append(try StateRecord(document, in: collection, path: path))
      }
    }
    self.records = records
  }
}

extension StateRecord {
  fileprivate init(_ document: BSONDocument, in collection: StateCollection, path: String) throws(BadEvent) {
    self.collection = collection
    self.document = document
    var key: [String] = []
    for field in collection.key {
      guard let element = document.present(field) else {
        throw BadEvent("\(path).\(field)", "is missing, which the key of \(collection.rawValue) needs")
      }
      key.append(try Self.keyValue(element, collection, "\(path).\(field)"))
    }
    self.key = key
  }

  private static func keyValue(
    _ element: BSONElement, _ collection: StateCollection, _ path: String
  ) throws(BadEvent) -> String {
    switch (collection, element.hasKey("key"), element.hasKey("entityType")) {
    case (.events, _, _):
      guard let id = EventHeader.objectId(element) else {
        throw BadEvent(path, "is neither 24 hex digits nor {\"$oid\": …} with them")
      }
      return id.description
    case (.metas, true, _):
      guard let name = element.string else { throw BadEvent(path, "is not a string") }
      guard !name.utf8.contains(0) else { throw BadEvent(path, "holds NUL, which MongoDB cannot store") }
      return name
    case (.metas, _, true):
      guard let name = element.string, MetaEntity(rawValue: name) != nil else {
        throw BadEvent(path, "is none of \(MetaEntity.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return name
    // A membership is named by two ids and a colon, so its entityId may be longer than one id.
    case (.metas, _, _) where element.hasKey("entityId"):
      guard let id = element.string, !id.isEmpty, !id.utf8.contains(0),
        id.utf8.count <= 2 * Identifier.longest + 1
      else { throw BadEvent(path, "is not the id of an entity") }
      return id
    default:
      return try Identifier(element, field: path).string
    }
  }
}

/// A store whose state timelines may change.
public protocol StateStore: Sendable {
  /// Applies all of the change, or nothing.
  func apply(_ change: StateChange) async throws
}
