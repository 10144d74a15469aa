package import BSON

/// What the look-ups found. A key that is missing was not found.
package struct StateSnapshot: Sendable {
  /// `dialogs` records.
  package var dialogs: [EntityKey: BSONDocument] = [:]
  /// `dialogmembers` records that an event is about, active or not.
  package var memberships: [MemberKey: BSONDocument] = [:]
  /// The newest 100 `messagestatuses` records of a message, newest first, then by userId.
  package var statuses: [EntityKey: [BSONDocument]] = [:]
  /// How often each pair of user type and status occurs in the history of a message.
  package var statusCounts: [StatusCountKey: [StatusCount]] = [:]
  /// How many messages there are after a position, by sender.
  package var newerMessages: [MessagePosition: NewerMessages] = [:]
  /// `users` records by their stored id.
  package var users: [EntityKey: BSONDocument] = [:]
  /// Meta objects `{key: value}`.
  package var metas: [MetaKey: BSONDocument] = [:]
  package var membershipCounts: [EntityKey: MembershipCounts] = [:]

  package init() {}

  /// The record of a user: by the id as it is, or else by its trimmed lower-case form (spec section 2).
  package func user(_ tenantId: Identifier, _ id: Identifier) -> BSONDocument? {
    if let record = users[EntityKey(tenantId: tenantId, id: id)] { return record }
    guard let other = id.trimmedLowercase else { return nil }
    return users[EntityKey(tenantId: tenantId, id: other)]
  }

  /// The meta object of an entity, empty when it has none.
  package func meta(_ key: MetaKey) -> BSONDocument { metas[key] ?? .empty }
}
