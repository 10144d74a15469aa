import BSON
import Updates

/// Where events come from. Used by one task at a time.
package protocol EventSource: Sendable {
  /// The next events in order: those that are there, at most `limit`. Waits only when there are none. An
  /// empty array means that the source has come to its end.
  func next(limit: Int) async throws -> [Delivery]

  /// Tells the source that every delivery up to and including this one is done with: its updates are stored
  /// and confirmed, or it has arrived at the dead letters.
  func acknowledge(through tag: UInt64) async throws
}
