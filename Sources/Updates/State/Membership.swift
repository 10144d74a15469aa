package import BSON

/// One record of `dialogmembers`, as one of its user's.
package struct Membership: Sendable {
  package let dialogId: Identifier
  /// `unreadCount`, `lastSeenAt`, `lastMessageAt` and `isActive` as stored.
  package let record: BSONDocument

  package init(dialogId: Identifier, record: BSONDocument) {
    self.dialogId = dialogId
    self.record = record
  }
}
