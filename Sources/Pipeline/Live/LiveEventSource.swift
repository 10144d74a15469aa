/// A source of events that depends on a connection.
package protocol LiveEventSource: EventSource {
  /// Connects, or reconnects. What was delivered but not acknowledged will be delivered again.
  func connect() async throws
  /// Whether events are delivered to this source. While it is false, another worker may have the queue for itself.
  var isConsuming: Bool { get async }
  /// Stops taking events: from now on ``EventSource/next(limit:)`` returns an empty array. What was handed
  /// out can still be acknowledged.
  func release() async throws
  /// Gives back what is not acknowledged. May be called more than once.
  func close() async
}
