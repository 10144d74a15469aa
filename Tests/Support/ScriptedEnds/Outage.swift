import Updates
import Pipeline
import Synchronization

/// Fails as often as it is told.
package final class Outage: Sendable {
  private let left = Mutex<[ScriptedFault]>([])

  package init() {}

  package func plan(_ faults: ScriptedFault...) { left.withLock { $0 += faults } }

  package func strike() throws {
    let fault = left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    if let fault { throw fault }
  }
}
