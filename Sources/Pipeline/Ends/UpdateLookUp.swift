package import BSON
package import Updates

/// Finds single stored updates.
package protocol UpdateLookUp: Sendable {
  /// The update of this identity; `nil` when there is none.
  func update(_ id: ObjectId) async throws -> StoredUpdate?
}
