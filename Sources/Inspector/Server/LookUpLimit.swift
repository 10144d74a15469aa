import Synchronization

/// Gives a look-up so much time. One that takes longer is given up, and told to end; nobody waits for that.
func limited<Value: Sendable>(
  to limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let race = Race<Value>()
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

/// The first of two results; one task waits for it.
private final class Race<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    var waiter: CheckedContinuation<Result<Value, any Error>, Never>?
  }

  private let state = Mutex(State())

  func finish(_ result: Result<Value, any Error>) {
    let waiter = state.withLock { state -> CheckedContinuation<Result<Value, any Error>, Never>? in
      guard state.result == nil else { return nil }
      state.result = result
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: result)
  }

  var result: Result<Value, any Error> {
    get async {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state in
          if state.result == nil { state.waiter = continuation }
          return state.result
        }
        if let known { continuation.resume(returning: known) }
      }
    }
  }
}
