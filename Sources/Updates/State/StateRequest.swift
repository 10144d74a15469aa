import BSON

/// What has to be looked up for some events, without duplicates. The answers are a ``StateSnapshot``.
package struct StateRequest: Sendable {
  /// Dialogs whose section has to be made from the stored record.
  package var dialogs: Set<EntityKey> = []
  /// Memberships that events are about.
  package var memberships: Set<MemberKey> = []
  /// Messages whose newest statuses are shown.
  package var statuses: Set<EntityKey> = []
  /// Messages whose statuses are counted.
  package var statusCounts: Set<StatusCountKey> = []
  /// Points in a dialog after which messages are counted.
  package var newerMessages: Set<MessagePosition> = []
  /// Users, by exactly this id; ``addUser(_:_:)`` adds the other form.
  package var users: Set<EntityKey> = []
  /// Entities whose metas are shown.
  package var metas: Set<MetaKey> = []
  /// Users whose memberships are counted.
  package var membershipCounts: Set<EntityKey> = []

  package init() {}

  /// Asks for a user by both forms of the id under which they may be stored (spec section 2).
  package mutating func addUser(_ tenantId: Identifier, _ id: Identifier) {
    users.insert(EntityKey(tenantId: tenantId, id: id))
    if let other = id.trimmedLowercase { users.insert(EntityKey(tenantId: tenantId, id: other)) }
  }
}
