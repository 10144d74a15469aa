import BSON

/// An update as it lies in the store (spec section 4). What is published is what is stored.
public struct StoredUpdate: Sendable {
  /// All fields of spec section 4.
  public let document: BSONDocument
  /// `_id`.
  public let id: ObjectId
  /// The tenant.
  public let tenantId: Identifier
  /// The recipient.
  public let userId: Identifier
  /// The source event.
  public let eventId: ObjectId
  /// The source event's type, or `user.stats.update`.
  public let eventType: String
  /// The key it is published under.
  public let routingKey: String
  /// When it was made, in milliseconds since 1970.
  public let createdAt: Double

  /// Takes a document of the store; `nil` when it lacks a field that every update has.
  public init?(_ document: BSONDocument) {
    guard let id = document["_id"]?.objectId, let tenantId = document["tenantId"]?.string,
      let userId = document["userId"]?.string, let eventId = document["eventId"]?.objectId,
      let eventType = document["eventType"]?.string, let routingKey = document["routingKey"]?.string,
      let createdAt = document["createdAt"]?.number
    else { return nil }
    self.document = document
    self.id = id
    self.tenantId = Identifier(tenantId)
    self.userId = Identifier(userId)
    self.eventId = eventId
    self.eventType = eventType
    self.routingKey = routingKey
    self.createdAt = createdAt
  }

  /// The update type, `nil` when the event type makes none.
  public var type: UpdateType? { UpdateType(eventType: eventType) }

  /// What the update is about (spec section 4).
  public var entityId: String? { document["entityId"]?.string }

  /// The dialog it belongs to; `nil` for the category `user`.
  public var dialogId: String? {
    document.document("data")?.document("dialog")?["dialogId"]?.string
  }

  /// Whether the broker has confirmed it. A number other than 0 counts as true: some servers of MongoDB's
  /// protocol give booleans back so.
  public var isPublished: Bool { Self.isPublished(document) }

  /// The same of a document of the store of which only `published` need be there.
  public static func isPublished(_ document: BSONDocument) -> Bool {
    document["published"].map { $0.bool ?? ($0.number ?? 0 != 0) } ?? false
  }

  /// The message's body (spec section 5): the document without `routingKey`, published at this time.
  public func body(publishedAt: Double) -> [UInt8] {
    var output = JSONWriter(capacity: document.bytes.count * 5 / 4)
    output.append(raw: "{")
    for element in document
    where !["routingKey", "published", "publishedAt", "createdAt"].contains(where: element.hasKey) {
      output.append(string: element.key)
      output.append(raw: ":")
      output.append(valueOf: element)
      output.append(raw: ",")
    }
    output.append(raw: "\"published\":true,\"publishedAt\":")
    output.append(double: publishedAt)
    output.append(raw: ",\"createdAt\":")
    output.append(double: createdAt)
    output.append(raw: "}")
    return output.bytes
  }
}
