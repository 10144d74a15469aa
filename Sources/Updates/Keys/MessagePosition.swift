package import BSON

/// A point in the order of a dialog's messages: by `createdAt`, then `messageId` (spec section 6).
package struct MessagePosition: Hashable, Sendable {
  /// The dialog.
  package let dialog: EntityKey
  /// Milliseconds since 1970.
  package let createdAt: BSONNumber
  /// Splits equal times; `nil`: only a greater `createdAt` is newer.
  package let messageId: Identifier?

  /// Names a point.
  package init(dialog: EntityKey, createdAt: BSONNumber, messageId: Identifier?) {
    self.dialog = dialog
    self.createdAt = createdAt
    self.messageId = messageId
  }
}
