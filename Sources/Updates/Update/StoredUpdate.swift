package import BSON

/// An update as it is stored (spec section 4). What is published is what is stored.
package struct StoredUpdate: Sendable {
  /// The stored document, with all fields of spec section 4.
  package private(set) var document: BSONDocument
  package let id: ObjectId
  package let tenantId: Identifier
  /// The recipient.
  package let userId: Identifier
  package let eventId: ObjectId
  /// The source event's type, or `user.stats.update`.
  package let eventType: String
  /// The key it is published under.
  package let routingKey: String
  /// When it was made, in milliseconds since 1970.
  package let createdAt: Double

  /// Reads a stored document; `nil` when it lacks a field that every update has.
  package init?(_ document: BSONDocument) {
    guard let id = document[.id]?.objectId, let tenantId = document[.tenantId]?.string,
      let userId = document[.userId]?.string, let eventId = document[.eventId]?.objectId,
      let eventType = document[.eventType]?.string, let routingKey = document[.routingKey]?.string,
      let createdAt = document[.createdAt]?.number
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

  /// The update with another document in the place of its own, such as one in which fields are masked. What it is known
  /// by stays as it is.
  package func showing(_ document: BSONDocument) -> StoredUpdate {
    var update = self
    update.document = document
    return update
  }

  /// Reads the body of a message (spec section 5), which has all fields but the routing key; `nil` when it is no update.
  package init?(message body: [UInt8], routingKey: String) {
    let message: BSONDocument
    do {
      message = try JSONReader.object(body)
    } catch {
      return nil
    }
    var output = BSONWriter(capacity: body.count + 128)
    for field in UpdateField.all {
      switch field {
      case .id, .eventId:
        guard let id = message[field]?.string.flatMap({ ObjectId($0) }) else { return nil }
        output.append(field.rawValue, id)
      case .routingKey: output.append(field.rawValue, routingKey)
      default: if let element = message[field] { output.append(element) }
      }
    }
    self.init(output.finish())
  }

  /// `nil` when ``eventType`` is one that makes no updates.
  package var type: UpdateType? { UpdateType(eventType: eventType) }

  /// What the update is about (spec section 4).
  package var entityId: String? { document[.entityId]?.string }

  /// The dialog it belongs to; `nil` for updates of the category `user`.
  package var dialogId: String? {
    document.document("data")?.document("dialog")?["dialogId"]?.string
  }

  /// Whether the broker has confirmed it. A number other than 0 counts as true, because nx-27017, on which
  /// the long runs rely, returns a boolean that `$set` has written as a number. MongoDB never does.
  package var isPublished: Bool { Self.isPublished(document) }

  /// Whether the broker has confirmed the update of a stored document, of which only `published` need be
  /// there.
  package static func isPublished(_ document: BSONDocument) -> Bool {
    document[.published].map { $0.bool ?? ($0.number ?? 0 != 0) } ?? false
  }

  /// The body of its message (spec section 5). `publishedAt` is in milliseconds since 1970.
  package func body(publishedAt: Double) -> [UInt8] {
    let data = document.document(UpdateField.data.rawValue) ?? .empty
    return UpdateDocument(
      id: id, tenantId: tenantId.string, userId: userId.string, entityId: entityId, eventId: eventId,
      eventType: eventType, data: UpdateDocument.Sections(leading: data, member: nil, trailing: .empty),
      routingKey: routingKey, publishedAt: publishedAt, createdAt: createdAt
    ).message()
  }
}

extension BSONDocument {
  package subscript(_ field: UpdateField) -> BSONElement? { self[field.rawValue] }
}
