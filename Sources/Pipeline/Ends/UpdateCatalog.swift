package import BSON
package import Updates

/// Where updates are read for debugging (spec section 10, `inspect`).
package protocol UpdateCatalog: Sendable {
  /// Hands the updates that match to `body`, newest first, until it returns false.
  func updates(matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool)
    async throws

  /// All memberships of a dialog, active or not, at most `limit`.
  func members(of dialog: EntityKey, limit: Int) async throws -> [Member]

  /// What is known of events of this identity, in any tenant, besides their updates.
  func history(of eventId: ObjectId) async throws -> [EventHistory]
}
