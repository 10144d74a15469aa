import BSON
package import Updates

/// The active members of one dialog, page by page. Used by one task.
package protocol Roster: Sendable {
  /// The next page. Every member comes once. An empty page means the end.
  func next() async throws -> [Member]
}
