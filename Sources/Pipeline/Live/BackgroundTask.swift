/// Work that goes on beside the rounds of a live worker, from the moment the worker is ready until it ends.
package protocol BackgroundTask: Sendable {
  /// Works until ``stop()``. Only updates made before `limit` (milliseconds since 1970) may be touched; the others are
  /// left to whoever handles their events. It is the time since which the worker has had events in hand, infinity when it
  /// has none, and negative infinity while it does not consume the queue, because another worker may do so instead.
  func run(upTo limit: @Sendable () async -> Double) async

  /// Ends the work in good order and within a bounded time, so that ``run(upTo:)`` returns.
  func stop() async
}
