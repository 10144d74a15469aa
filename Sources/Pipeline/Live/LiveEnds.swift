/// A failure of a server, as the live worker has to tell it from a fault of the program.
public protocol ServerFault: Error {
  /// Whether waiting and trying again can help; false for what only another configuration mends.
  var isRetryable: Bool { get }
  /// One plain sentence without credentials.
  var message: String { get }
}

/// A source of events that lives on a connection.
public protocol LiveEventSource: EventSource {
  /// Connects, or connects anew. What was delivered before and not acknowledged comes again.
  func connect() async throws
  /// Takes no more events; ``EventSource/next(limit:)`` is empty then. What was handed out can be acknowledged still.
  func release() async throws
  /// Gives back what is not acknowledged. May be called again.
  func close() async
}

/// A publisher that lives on a connection.
public protocol LivePublisher: UpdatePublisher {
  /// Connects, or connects anew.
  func connect() async throws
  /// Whether there is a connection that works.
  var isReady: Bool { get async }
  /// Ends the connection. May be called again.
  func close() async
}
