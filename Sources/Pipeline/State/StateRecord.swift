package import BSON
import Updates

/// One record of a state line, whose key has been checked.
package struct StateRecord: Sendable {
  package let collection: RecordCollection
  /// The values of the fields in ``RecordCollection/key``, in that order. An event's `_id` is given as
  /// lower-case hex.
  package let key: [String]
  /// The record; for a deletion, an object with at least its key.
  package let document: BSONDocument
}

extension StateRecord {
  init(_ document: BSONDocument, in collection: RecordCollection, path: String) throws(BadEvent) {
    self.collection = collection
    self.document = document
    var key: [String] = []
    for field in collection.key {
      guard let element = document.present(field) else {
        throw BadEvent(
          "\(path).\(field)", "is missing, which the key of \(collection.rawValue) needs", .missing)
      }
      key.append(try Self.keyValue(element, collection, "\(path).\(field)"))
    }
    self.key = key
  }

  private static func keyValue(
    _ element: BSONElement, _ collection: RecordCollection, _ path: String
  ) throws(BadEvent) -> String {
    switch (collection, element.hasKey("key"), element.hasKey("entityType")) {
    case (.events, _, _), (.updates, _, _):
      guard let id = EventHeader.objectId(element) else {
        throw BadEvent(path, "is neither 24 hex digits nor {\"$oid\": …} with them", .invalid)
      }
      return id.description
    case (.metas, true, _):
      guard let name = element.string else { throw BadEvent(path, "is not a string", .invalid) }
      guard !name.utf8.contains(0) else {
        throw BadEvent(path, "holds NUL, which MongoDB cannot store", .invalid)
      }
      return name
    case (.metas, _, true):
      guard let name = element.string, MetaEntity(rawValue: name) != nil else {
        throw BadEvent(
          path, "is none of \(MetaEntity.allCases.map(\.rawValue).joined(separator: ", "))", .invalid)
      }
      return name
    // The entityId of a membership is two ids and a colon, so it may be longer than one id.
    case (.metas, _, _) where element.hasKey("entityId"):
      guard let id = element.string, !id.isEmpty, !id.utf8.contains(0),
        id.utf8.count <= 2 * Identifier.longest + 1
      else { throw BadEvent(path, "is not the id of an entity", .invalid) }
      return id
    default:
      return try Identifier(element, field: path).string
    }
  }
}
