import BSON
import Updates

/// Where events come from. Used by one task at a time.
package protocol EventSource: Sendable {
  /// The next events in their order: as many as are there, up to `limit`, waiting only when there is none.
  /// Empty at the end, for a source that has one.
  func next(limit: Int) async throws -> [Delivery]

  /// Everything up to and including this delivery is done with: its updates are stored and confirmed, or it
  /// is with the dead letters.
  func acknowledge(through tag: UInt64) async throws
}
