/// One task that waits for something to end. Used on the one thread of a simulation, or by one task at a time.
final class Waiter: @unchecked Sendable {
  /// Where its ``Life`` keeps it.
  var place = -1
  /// Whether the server never gets the call whose answer this waits for.
  var isLost = false
  private var continuation: UnsafeContinuation<Void, any Error>?
  private var outcome: Result<Void, any Error>?

  /// Returns, or throws, once ``end(_:)`` was called.
  func wait() async throws {
    if let outcome { return try outcome.get() }
    try await withUnsafeThrowingContinuation { continuation = $0 }
  }

  /// Only the first call counts.
  func end(_ outcome: Result<Void, any Error> = .success(())) {
    guard self.outcome == nil else { return }
    self.outcome = outcome
    continuation?.resume(with: outcome)
    continuation = nil
  }
}
