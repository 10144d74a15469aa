import BSON
import Updates

/// Where updates are published (spec section 5).
package protocol UpdatePublisher: Sendable {
  /// Sends the messages in their order and returns, when each has been confirmed or cannot be sent for what it
  /// is, the indexes and reasons of the latter. A failure of the server is thrown.
  func publish(_ messages: [UpdateMessage]) async throws -> [Int: String]
}
