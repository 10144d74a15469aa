import BSON
import Updates

/// Where updates are published (spec section 5).
package protocol UpdatePublisher: Sendable {
  /// Sends the messages in order, and returns once each has either been confirmed or found to be unsendable
  /// because of what it contains.
  ///
  /// - Returns: the indexes of the unsendable messages, and why they are.
  /// - Throws: when a server fails.
  func publish(_ messages: [UpdateMessage]) async throws -> [Int: String]
}
