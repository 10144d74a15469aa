import BSON
import Updates

/// Where events come from. Used by one task at a time.
package protocol EventSource: Sendable {
  /// The next events in order: those that are there, at most `limit`. Waits only when there are none. An
  /// empty array means that the source has come to its end. To be called when all that was handed out is done with.
  func next(limit: Int) async throws -> [Delivery]

  /// The next events in order that are there already, at most `limit`, and may be opened while others are open. Never
  /// waits.
  func arrived(limit: Int) async throws -> [Delivery]

  /// Tells the source that these deliveries are done with: their updates are stored and confirmed, or they have
  /// arrived at the dead letters. Others that came before them may still be open.
  func acknowledge(_ tags: [UInt64]) async throws
}
