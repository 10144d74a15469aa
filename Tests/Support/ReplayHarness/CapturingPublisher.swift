package import Pipeline
import Synchronization

/// Keeps the messages that it is given, and refuses routing keys that AMQP cannot carry.
package final class CapturingPublisher: UpdatePublisher {
  private let captured = Mutex<[UpdateMessage]>([])

  package init() {}

  /// The messages that were published so far, in order.
  package var messages: [UpdateMessage] { captured.withLock { $0 } }

  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    captured.withLock { captured in
      var refused: [Int: String] = [:]
      for (index, message) in messages.enumerated() {
        if message.routingKey.utf8.count > 255 {
          refused[index] = "the routing key is over 255 bytes"
        } else {
          captured.append(message)
        }
      }
      return refused
    }
  }
}
