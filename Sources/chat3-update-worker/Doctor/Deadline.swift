/// Waits for an answer no longer than `limit`; `nil` when there is none by then. The work goes on in that case, so this
/// is for a command that ends afterwards.
func answer<Value: Sendable>(
  within limit: Duration, _ work: @escaping @Sendable () async -> Value
) async -> Value? {
  let (answers, continuation) = AsyncStream<Value?>.makeStream(bufferingPolicy: .bufferingOldest(1))
  let working = Task { continuation.yield(await work()) }
  let watch = Task {
    do {
      try await Task.sleep(for: limit)
      continuation.yield(nil)
    } catch {
      // The answer came first.
    }
  }
  defer {
    working.cancel()
    watch.cancel()
  }
  for await answer in answers { return answer }
  return nil
}
