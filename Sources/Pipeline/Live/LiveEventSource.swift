/// A source of events that lives on a connection.
package protocol LiveEventSource: EventSource {
  /// Connects, or connects anew. What was delivered before and not acknowledged comes again.
  func connect() async throws
  /// Takes no more events; ``EventSource/next(limit:)`` is empty then. What was handed out can be acknowledged still.
  func release() async throws
  /// Gives back what is not acknowledged. May be called again.
  func close() async
}
