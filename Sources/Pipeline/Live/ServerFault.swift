/// A failure of a server, as the live worker has to tell it from a fault of the program.
package protocol ServerFault: Error {
  /// Whether waiting and trying again can help; false for what only another configuration mends.
  var isRetryable: Bool { get }
  /// One plain sentence without credentials.
  var message: String { get }
}
