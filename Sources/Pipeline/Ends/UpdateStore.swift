package import BSON
package import Updates

/// Where updates are kept (spec section 4).
package protocol UpdateStore: Sendable {
  /// Stores the updates that are not stored yet; of the others the stored version stays. Returns what became
  /// of each, in the same order.
  func insert(_ updates: [Update]) async throws -> [InsertOutcome]

  /// Those of these updates that are stored but whose publication was never confirmed, in any order.
  func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate]

  /// A page of the stored updates of these events of a tenant whose publication was never confirmed, in the
  /// order in which they were made (by `createdAt`, then `_id`): those that follow `after`, at most `limit`.
  /// An empty page means the end.
  func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate]

  /// Marks these updates as confirmed by the broker. `publishedAt` is when they were sent, in milliseconds
  /// since 1970.
  func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws
}
