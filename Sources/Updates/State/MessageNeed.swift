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

  /// `nil` when the event needs none.
  init?(
    of message: NamedId?, tenantId: Identifier, type: EventType, hasSender: Bool, hasMatrix: Bool,
    hasDialog: Bool
  ) {
    guard let message else { return nil }
    key = EntityKey(tenantId: tenantId, id: message.id)
    if message.field != .message {
      detail = .content
    } else if !hasDialog || type == .messageCreate || (type == .statusUpdate && !hasSender && !hasMatrix) {
      detail = .position
    } else {
      return nil
    }
  }
}
