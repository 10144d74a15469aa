/// A failure of a server, which the live worker has to distinguish from a fault of the program.
package protocol ServerFault: Error {
  /// Whether waiting and trying again can help; false for what only another configuration can mend.
  var isRetryable: Bool { get }
  /// Whether the server is the one that holds state and updates; if not, it is the broker.
  var isOfStore: Bool { get }
  /// One plain sentence for users, without credentials.
  var message: String { get }
}
