import Pipeline
package import BSON
package import Updates

/// Where stored updates are deleted.
package protocol UpdateDisposal: Sendable {
  /// The published updates for users of a tenant that were made before a time (milliseconds since 1970); at
  /// most `limit`.
  func published(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double, limit: Int
  ) async throws -> [ObjectId]

  /// How many updates there are that ``published(for:of:before:limit:)`` would find without a limit.
  func countPublished(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double
  ) async throws -> Int

  /// Deletes those of these updates that are published, and returns how many it has deleted.
  func delete(_ ids: [ObjectId]) async throws -> Int
}
