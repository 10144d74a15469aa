package import BSON

/// What has to be looked up to show who takes part: the recipients of updates, and whom the sections of events name.
/// Without duplicates. The answers are ``Profiles``.
package struct ProfileNeeds: Sendable {
  /// Users, by exactly this id; ``addUser(_:_:)`` adds the other form.
  package var users: Set<EntityKey> = []
  /// Entities whose metas are shown.
  package var metas: Set<MetaKey> = []
  /// Users whose memberships are counted.
  package var membershipCounts: Set<EntityKey> = []

  /// - Parameter recipients: How many recipients there will be, about; a good guess avoids reallocation.
  package init(recipients: Int = 0) {
    users.reserveCapacity(recipients)
    metas.reserveCapacity(recipients)
  }

  /// Asks for a user by both forms of the id under which they may be stored (spec section 2).
  package mutating func addUser(_ tenantId: Identifier, _ id: Identifier) {
    users.insert(EntityKey(tenantId: tenantId, id: id))
    if let other = id.trimmedLowercase { users.insert(EntityKey(tenantId: tenantId, id: other)) }
  }
}

/// The answers to ``ProfileNeeds``. A key that is missing was not found.
package struct Profiles: Sendable {
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
