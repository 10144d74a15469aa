package import BSON
package import Updates

/// The stored updates as `inspect` reads them (spec section 10).
package protocol UpdateCatalog: Sendable {
  /// Hands the updates that match to `body`, newest first, until it returns false.
  func updates(matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool)
    async throws

  /// The memberships of a dialog, active or not; at most `limit`.
  func members(of dialog: EntityKey, limit: Int) async throws -> [Member]

  /// What is known, besides their updates, about the events that have this identity in any tenant.
  func history(of eventId: ObjectId) async throws -> [EventHistory]
}
