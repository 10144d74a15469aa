import BSON
package import Updates

/// The memberships as they are inspected, active or not.
package protocol MembershipCatalog: Sendable {
  /// The memberships of a dialog in the order of their userIds; at most `limit`.
  func members(of dialog: EntityKey, limit: Int) async throws -> [Member]

  /// The memberships of a user in the order of their dialogIds; at most `limit`.
  func memberships(of user: EntityKey, limit: Int) async throws -> [Membership]
}
