package import Pipeline
import BSON
import Updates

/// A publisher that only one worker at a time may use.
package protocol ExclusivePublisher: UpdatePublisher {
  /// Connects and claims the publisher for this worker; false when another worker has it. Nothing can be
  /// published without the claim.
  func claim() async throws -> Bool
  /// Gives up the claim and ends the connection. May be called more than once.
  func close() async
}
