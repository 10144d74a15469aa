import Synchronization
import Updates

/// What an operator wants to hear of a live worker; not of every try, only of changes.
package enum WorkerNotice: Sendable {
  /// A server that is needed is away; the worker waits for it.
  case waiting(String)
  /// All servers are back.
  case recovered
  /// The worker takes events.
  case ready
  /// An update is stored and cannot be published for what it is.
  case unsendable(UpdatePipeline.Unsendable)
  /// A batch is done.
  case round(Tally)
}
