import Synchronization
import Updates

/// What an operator wants to know about a live worker: not every attempt, only changes.
package enum WorkerNotice: Sendable {
  /// A server that is needed is down, for the given reason, and the worker waits for it.
  case waiting(for: Peer, because: String)
  /// All servers are up again.
  case recovered
  /// The worker has begun to take events.
  case ready
  /// An update is stored but cannot be published because of what it contains.
  case unsendable(UpdatePipeline.Unsendable)
  /// A round is done.
  case round(Tally)
}
