/// A copy of the events as they are published, taken without touching the worker's own queue. Used by one
/// task, except ``release()``.
package protocol EventTap: Sendable {
  /// Connects, or reconnects. Events that were published while there was no connection are lost for the tap.
  func connect() async throws

  /// The bodies of the next events, as many as there are, up to `limit`; waits when there are none. Asking for
  /// the next ones says that the ones before are done with. Empty after ``release()``.
  func next(limit: Int) async throws -> [[UInt8]]

  /// Takes no more events.
  func release() async throws

  /// How many events the tap has dropped because they were not taken in time.
  func dropped() async -> DroppedEvents

  /// Ends the connection. May be called more than once.
  func close() async
}

/// How many events a tap has dropped.
package struct DroppedEvents: Sendable, Equatable {
  package var count: Int
  /// Whether there may have been more.
  package var isLowerBound: Bool

  package init(count: Int, isLowerBound: Bool) {
    self.count = count
    self.isLowerBound = isLowerBound
  }
}
