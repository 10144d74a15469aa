package import BSON
package import Updates

/// The look-ups in the state (spec section 2). Each takes the keys of a whole round. A key that is missing
/// from the answer was not found. An empty set of keys costs nothing. Ids compare byte by byte.
package protocol Directory: Sendable {
  /// `messages` by `messageId`, with at least the fields that the detail asks for.
  func messages(_ keys: [EntityKey: MessageDetail]) async throws -> [EntityKey: BSONDocument]

  /// `dialogs` by `dialogId`.
  func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument]

  /// `dialogmembers` records, active or not.
  func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument]

  /// The active members of dialogs; `nil` when these dialogs together have more than `limit`.
  func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]?

  /// The active members of a dialog of any size, in the order of their ids' bytes and in pages of about `pageSize`:
  /// those that follow `user`, or all.
  func roster(of dialog: EntityKey, after user: Identifier?, pageSize: Int) async throws -> any Roster

  /// `messagestatuses` of messages: the newest `limit` of each, newest first, then by userId.
  func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]]

  /// How often each pair of user type and status occurs in the history of a message.
  func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]]

  /// How many messages there are after each position, by sender.
  func newerMessages(_ positions: Set<MessagePosition>) async throws -> [MessagePosition: NewerMessages]

  /// `users` by exactly this `userId`.
  func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument]

  /// Meta objects `{key: value}` of entities that have any.
  func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument]

  /// The counts of the users' active memberships.
  func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts]
}
