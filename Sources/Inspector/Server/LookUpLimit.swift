import Support

/// Gives a look-up so much time. One that takes longer is given up, and told to end; nobody waits for that.
func limited<Value: Sendable>(
  to limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let race = FirstResult<Value, any Error>()
  let task = Task {
    do {
      race.finish(.success(try await work()))
    } catch {
      race.finish(.failure(error))
    }
  }
  let clock = Task {
    do { try await Task.sleep(for: limit) } catch { return }
    race.finish(
      .failure(
        InspectorError(
          .unavailable,
          "The store has not answered within \(limit.components.seconds) s; try again, or ask for less.")))
    task.cancel()
  }
  defer { clock.cancel() }
  return try await withTaskCancellationHandler {
    try await race.result.get()
  } onCancel: {
    task.cancel()
  }
}
