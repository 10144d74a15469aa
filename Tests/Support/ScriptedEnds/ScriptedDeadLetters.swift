package import Updates
package import Pipeline
import Synchronization

/// Keeps bad events.
package actor ScriptedDeadLetters: DeadLetters {
  /// Has a line for each letter: `bury` and its tag.
  private let journal: Journal?
  package private(set) var letters: [(tag: UInt64, reason: String)] = []

  package init(journal: Journal? = nil) {
    self.journal = journal
  }

  package func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    journal?.note("bury", "\(delivery.tag)")
    letters.append((delivery.tag, error.description))
  }
}
