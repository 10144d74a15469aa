/// A publisher that depends on a connection.
package protocol LivePublisher: UpdatePublisher {
  /// Connects, or reconnects.
  func connect() async throws
  /// Whether the connection is open and working.
  var isReady: Bool { get async }
  /// Ends the connection. May be called more than once.
  func close() async
}
