package import Pipeline
import BSON
import Updates

/// What an operator wants to hear of the sweeps.
package enum SweepNotice: Sendable {
  /// A sweep has published so many updates that were never confirmed.
  case published(Int)
  /// A stored update cannot be published for what it is. Told once.
  case unsendable(UpdatePipeline.Unsendable)
  /// Sweeps fail for now; the worker goes on without.
  case failing(String)
  /// Sweeps work again.
  case working
}
