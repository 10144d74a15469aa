import Updates
package import Pipeline
import Synchronization

/// Keeps what is published, in order.
package actor ScriptedPublisher: LivePublisher {
  package init() {}

  package nonisolated let connecting = Outage()
  package nonisolated let publishing = Outage()
  package private(set) var isReady = false
  package private(set) var messages: [UpdateMessage] = []

  package func connect() async throws {
    try connecting.strike()
    isReady = true
  }

  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    do {
      try publishing.strike()
    } catch {
      isReady = false
      throw error
    }
    self.messages += messages
    return [:]
  }

  package func close() async { isReady = false }
}
