import Updates
package import Pipeline
import Synchronization

/// Keeps the messages that are published, in order, except those that it is told it cannot send.
package actor ScriptedPublisher: LivePublisher {
  /// Has a line for each call: `publish` and the recipients.
  private let journal: Journal?
  private let objections: [String: String]
  package nonisolated let connecting = Outage()
  package nonisolated let publishing = Outage()
  package private(set) var isReady = false
  /// The confirmed messages.
  package private(set) var messages: [UpdateMessage] = []

  /// - Parameter objections: The users whose messages cannot be sent, each with the reason.
  package init(journal: Journal? = nil, objections: [String: String] = [:]) {
    self.journal = journal
    self.objections = objections
  }

  /// The users of the confirmed messages.
  package var recipients: [String] { messages.map(\.userId.string) }

  package func connect() async throws {
    try connecting.strike()
    isReady = true
  }

  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    journal?.note(["publish"] + messages.map(\.userId.string))
    do {
      try publishing.strike()
    } catch {
      isReady = false
      throw error
    }
    var unsendable: [Int: String] = [:]
    for (index, message) in messages.enumerated() {
      if let reason = objections[message.userId.string] {
        unsendable[index] = reason
      } else {
        self.messages.append(message)
      }
    }
    return unsendable
  }

  package func close() async { isReady = false }
}
