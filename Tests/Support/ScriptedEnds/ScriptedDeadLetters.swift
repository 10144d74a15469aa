package import Updates
package import Pipeline
import Synchronization

/// Keeps bad events.
package actor ScriptedDeadLetters: DeadLetters {
  package init() {}

  package private(set) var letters: [(tag: UInt64, reason: String)] = []

  package func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    letters.append((delivery.tag, error.description))
  }
}
