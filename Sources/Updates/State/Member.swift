package import BSON

/// One record of `dialogmembers`.
package struct Member: Sendable {
  package let userId: Identifier
  /// `unreadCount`, `lastSeenAt`, `lastMessageAt` and `isActive` as stored.
  package let record: BSONDocument

  package init(userId: Identifier, record: BSONDocument) {
    self.userId = userId
    self.record = record
  }
}
