package import BSON

/// One record of `dialogmembers`: a recipient.
package struct Member: Sendable {
  /// The member.
  package let userId: Identifier
  /// `unreadCount`, `lastSeenAt`, `lastMessageAt` and `isActive` as stored.
  package let record: BSONDocument

  /// Takes a record.
  package init(userId: Identifier, record: BSONDocument) {
    self.userId = userId
    self.record = record
  }
}
