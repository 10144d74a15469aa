/// Work that goes on beside the rounds of a live worker, from the moment at which the worker is ready until it ends.
package protocol BackgroundTask: Sendable {
  /// Works until ``stop()``. `inHandSince` says when the worker took up the events that it has in hand, if any
  /// (milliseconds since 1970): what they make is left to the worker.
  func run(inHandSince: @Sendable () async -> Double?) async

  /// Ends the work in good order, within a bounded time. ``run(inHandSince:)`` returns then.
  func stop() async
}
