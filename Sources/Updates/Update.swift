import BSON

/// One recipient's personalised update (spec section 4), made and not yet stored.
public struct Update: Sendable {
  /// What never changes, behind one reference: updates are handed from station to station.
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
  public var createdAt: Double = 0

  /// Deterministic in tenant, source event, recipient and update type.
  public var id: ObjectId { made.id }
  /// What it shares with the other updates of the event.
  public var content: UpdateContent { made.content }
  /// The recipient.
  public var userId: Identifier { made.userId }
  /// The recipient's own membership, where the update has that section.
  public var member: BSONDocument? { made.member }
  /// The key it is published under.
  public var routingKey: String { made.routingKey }

  init(content: UpdateContent, userId: Identifier, userType: String, member: BSONDocument?) {
    made = Made(content: content, userId: userId, userType: userType, member: member)
  }

  /// The document to store: all fields of spec section 4, `published` false.
  public func document() -> BSONDocument {
    UpdateDocument(
      id: id, tenantId: content.tenantId.string, userId: userId.string, entityId: content.entityId.string,
      eventId: content.eventId, eventType: content.eventType, leading: content.leading, member: member,
      trailing: content.trailing, routingKey: routingKey, publishedAt: nil, createdAt: createdAt
    ).encoded()
  }

  /// The message's body (spec section 5): the update without `routingKey`, published at this time.
  public func body(publishedAt: Double) -> [UInt8] {
    let text = content.sharedText()
    var output = JSONWriter(
      capacity: text.beforeUser.count + text.beforeMember.count + text.afterMember.count
        + (member?.bytes.count ?? 0) * 3 / 2 + 256)
    output.append(raw: "{\"_id\":")
    output.append(id)
    output.append(raw: text.beforeUser)
    output.append(string: userId.string)
    output.append(raw: text.beforeMember)
    if let member {
      output.append(raw: ",\"member\":")
      output.append(member)
    }
    output.append(raw: text.afterMember)
    output.append(double: publishedAt)
    output.append(raw: ",\"createdAt\":")
    output.append(double: createdAt)
    output.append(raw: "}")
    return output.bytes
  }
}

extension Update {
  /// The size of the document, estimated, in bytes.
  public var sharedBytes: Int {
    content.leading.bytes.count + content.trailing.bytes.count + (member?.bytes.count ?? 0) + 256
  }
}
