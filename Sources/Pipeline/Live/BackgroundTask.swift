/// Work that goes on beside the rounds of a live worker, from the moment the worker is ready until it ends.
package protocol BackgroundTask: Sendable {
  /// Works until ``stop()``. `inHandSince` says when the worker took up the round that it is handling
  /// (milliseconds since 1970), `nil` when it is handling none. Updates made since then must be left to the
  /// worker.
  func run(inHandSince: @Sendable () async -> Double?) async

  /// Ends the work in good order and within a bounded time, so that ``run(inHandSince:)`` returns.
  func stop() async
}
