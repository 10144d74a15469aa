package import BSON
package import Updates

/// Where updates are kept (spec section 4).
package protocol UpdateStore: Sendable {
  /// Stores the updates that are not stored yet; of the others the stored version wins. Returns what became of each, in
  /// their order.
  func insert(_ updates: [Update]) async throws -> [InsertOutcome]

  /// Those of these updates that are stored and whose publication was never confirmed, in any order.
  func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate]

  /// A page of the stored updates of these events of a tenant whose publication was never confirmed, in the order in
  /// which they were made (by `createdAt`, then `_id`): those after `after`, at most `limit`. An empty page means the end.
  func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate]

  /// Notes that the broker has confirmed these updates, which were sent at this time (milliseconds since 1970).
  func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws
}
