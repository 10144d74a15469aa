import BSON
package import Updates

/// Where bad events go (spec section 8).
package protocol DeadLetters: Sendable {
  /// Stores the delivery together with what is wrong with it, and returns once it is safely stored.
  func bury(_ delivery: Delivery, because error: BadEvent) async throws
}
