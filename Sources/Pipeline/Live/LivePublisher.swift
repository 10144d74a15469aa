/// A publisher that lives on a connection.
package protocol LivePublisher: UpdatePublisher {
  /// Connects, or connects anew.
  func connect() async throws
  /// Whether there is a connection that works.
  var isReady: Bool { get async }
  /// Ends the connection. May be called again.
  func close() async
}
