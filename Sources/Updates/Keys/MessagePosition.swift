package import BSON

/// A point in the order of a dialog's messages: by `createdAt`, then `messageId` (spec section 6).
package struct MessagePosition: Hashable, Sendable {
  package let dialog: EntityKey
  /// Milliseconds since 1970.
  package let createdAt: BSONNumber
  /// Decides between equal times. When it is `nil`, only messages with a greater `createdAt` are newer.
  package let messageId: Identifier?

  package init(dialog: EntityKey, createdAt: BSONNumber, messageId: Identifier?) {
    self.dialog = dialog
    self.createdAt = createdAt
    self.messageId = messageId
  }
}
