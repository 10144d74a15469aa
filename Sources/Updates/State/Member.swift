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

  /// Whether they are an active member (spec section 2): `isActive` may be absent.
  package var isActive: Bool { record["isActive"]?.bool != false }
}
