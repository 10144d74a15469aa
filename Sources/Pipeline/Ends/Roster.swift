import BSON
package import Updates

/// The active members of one dialog, chunk by chunk. Used by one task.
package protocol Roster: Sendable {
  /// The next members, each once; empty at the end.
  func next() async throws -> [Member]
}
