package import Pipeline
import BSON
import Updates

/// What an operator wants to know about the sweeps.
package enum SweepNotice: Sendable {
  /// A sweep has published this many updates.
  case published(Int)
  /// A sweep has come to its end, whether or not there was anything to publish.
  case done
  /// A stored update cannot be published because of what it contains. Normally reported only once.
  case unsendable(UpdatePipeline.Unsendable)
  /// Sweeps are failing, for the given reason; the worker goes on without them.
  case failing(String)
  /// Sweeps work again.
  case working
}
