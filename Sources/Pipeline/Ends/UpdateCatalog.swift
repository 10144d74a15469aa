package import BSON
package import Updates

/// The stored updates as they are inspected (spec section 10).
package protocol UpdateCatalog: Sendable {
  /// The newest updates that match, at most as many as the query's limit, which is at least 1.
  ///
  /// The search is led by an index, or goes back through bounded windows. It ends when `patience` is over, with
  /// what it has found by then and the place at which to go on.
  func page(of query: UpdateQuery, patience: Duration) async throws -> UpdatePage

  /// Hands the updates that match to `body`, newest first, until it returns false, however long that takes.
  func updates(matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool)
    async throws

  /// What is known, besides their updates, about the events that have this identity in any tenant.
  func history(of eventId: ObjectId) async throws -> [EventHistory]
}
