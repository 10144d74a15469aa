import BSON

/// How much of a stored message is needed.
package enum MessageDetail: Sendable {
  /// `dialogId`, `senderId` and `createdAt`.
  case position
  /// All its fields.
  case content
}

/// The stored message that an event needs before anything else.
package struct MessageNeed: Sendable {
  package let key: EntityKey
  package let detail: MessageDetail

  /// `nil` when the event does without: it carries the message, and does not need the position of the stored one.
  init?(_ message: NamedId, tenantId: Identifier, needsPosition: Bool) {
    let isCarried = message.field == .message
    guard !isCarried || needsPosition else { return nil }
    key = EntityKey(tenantId: tenantId, id: message.id)
    detail = isCarried ? .position : .content
  }
}
