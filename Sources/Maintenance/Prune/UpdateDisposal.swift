import Pipeline
package import BSON
package import Updates

/// Where stored updates are deleted.
package protocol UpdateDisposal: Sendable {
  /// Published updates for users of a tenant that were made before a time (milliseconds since 1970), at most `limit`.
  func published(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double, limit: Int
  ) async throws -> [ObjectId]

  /// How many there are of these.
  func countPublished(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double
  ) async throws -> Int

  /// Deletes those of these updates that are published; returns how many that were.
  func delete(_ ids: [ObjectId]) async throws -> Int
}
