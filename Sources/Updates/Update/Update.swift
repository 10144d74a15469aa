package import BSON

/// One recipient's update (spec section 4), made but not yet stored.
package struct Update: Sendable {
  /// Everything that never changes, held by one reference so that an update is cheap to hand from station to
  /// station.
  private final class Made: Sendable {
    let id: ObjectId
    let content: UpdateContent
    let userId: Identifier
    let member: BSONDocument?
    let routingKey: String

    init(content: UpdateContent, userId: Identifier, userType: String, member: BSONDocument?) {
      self.content = content
      self.userId = userId
      self.member = member
      id = UpdateIdentity.id(
        tenantId: content.tenantId, eventId: content.eventId, userId: userId, type: content.updateType)
      routingKey = content.updateType.routingKey(userType: userType, userId: userId)
    }
  }

  private let made: Made
  /// When it was made, in milliseconds since 1970 with microseconds in the fraction.
  package var createdAt: Double = 0

  /// The same for the same tenant, source event, recipient and update type (``UpdateIdentity``).
  package var id: ObjectId { made.id }
  /// What it shares with the event's other updates of the same type.
  package var content: UpdateContent { made.content }
  /// The recipient.
  package var userId: Identifier { made.userId }
  /// The recipient's own `member` section; `nil` when the update has none.
  package var member: BSONDocument? { made.member }
  /// The key it is published under.
  package var routingKey: String { made.routingKey }

  package init(content: UpdateContent, userId: Identifier, userType: String, member: BSONDocument?) {
    made = Made(content: content, userId: userId, userType: userType, member: member)
  }

  /// The document to store: all fields of spec section 4, `published` false.
  package func document() -> BSONDocument { values(publishedAt: nil).encoded() }

  /// The body of its message (spec section 5). `publishedAt` is in milliseconds since 1970.
  package func body(publishedAt: Double) -> [UInt8] {
    let document = values(publishedAt: publishedAt)
    return document.message(content.sharedText { document })
  }

  /// The size in bytes of the stored document once it is marked as published.
  package var byteCount: Int {
    content.byteCountWithoutRecipient + userId.string.utf8.count
      + routingKey.utf8.count + (member.map(UpdateDocument.Sections.byteCount(ofMember:)) ?? 0)
  }

  /// Why MongoDB would refuse the document because of its size, in words; `nil` when it would not.
  package var sizeObjection: String? {
    let count = byteCount
    if count <= BSONDocument.largestStored { return nil }
    return "its document has \(count) bytes; MongoDB stores at most \(BSONDocument.largestStored)"
  }

  private func values(publishedAt: Double?) -> UpdateDocument {
    UpdateDocument(
      id: id, tenantId: content.tenantId.string, userId: userId.string, entityId: content.entityId.string,
      eventId: content.eventId, eventType: content.eventType,
      data: UpdateDocument.Sections(leading: content.leading, member: member, trailing: content.trailing),
      routingKey: routingKey, publishedAt: publishedAt, createdAt: createdAt)
  }
}
