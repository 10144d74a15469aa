import BSON
package import Updates

/// Where bad events go (spec section 8).
package protocol DeadLetters: Sendable {
  /// Keeps the delivery with what is wrong with it; returns once it is safe.
  func bury(_ delivery: Delivery, because error: BadEvent) async throws
}
