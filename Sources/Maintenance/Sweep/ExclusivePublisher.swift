package import Pipeline
import BSON
import Updates

/// A publisher of which several workers agree who of them uses it.
package protocol ExclusivePublisher: UpdatePublisher {
  /// Connects, and takes the place of which there is one for all workers; false when another has it. Until then nothing
  /// can be published.
  func claim() async throws -> Bool
  /// Gives the place up and ends the connection. May be called again.
  func close() async
}
