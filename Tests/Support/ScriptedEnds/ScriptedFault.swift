import Updates
import Pipeline
import Synchronization

/// An outage, or a fault that does not pass by waiting.
package struct ScriptedFault: ServerFault, Equatable {
  package let message: String
  package var isRetryable = true
  package var isOfStore = false

  package init(message: String, isRetryable: Bool = true, isOfStore: Bool = false) {
    self.message = message
    self.isRetryable = isRetryable
    self.isOfStore = isOfStore
  }
}
