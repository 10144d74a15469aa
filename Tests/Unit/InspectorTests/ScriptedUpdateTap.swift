import Pipeline
import Synchronization
import Updates

/// A tap that gets what a test publishes, and loses its connection when the test says so.
final class ScriptedUpdateTap: UpdateTap {
  struct Lost: Error {}

  struct State {
    var connections = 0
    var isConnected = false
    var keys: Set<String> = []
    /// What it was bound to, one after the other.
    var bindings: [Set<String>] = []
    /// How often it can still not connect.
    var refusals = 0
    fileprivate var published: [TappedUpdates] = []
    fileprivate var isCancelled = false
    fileprivate var waiter: CheckedContinuation<TappedUpdates, any Error>?
  }

  private let state = Mutex(State())

  var now: State { state.withLock { $0 } }

  func refuse(_ count: Int) { state.withLock { $0.refusals = count } }

  func publish(_ updates: [StoredUpdate], missed: Int = 0) {
    let tapped = TappedUpdates(updates, missed: missed)
    let waiter = state.withLock { state in
      let waiter = state.waiter
      state.waiter = nil
      if waiter == nil { state.published.append(tapped) }
      return waiter
    }
    waiter?.resume(returning: tapped)
  }

  func lose() { end(with: Lost()) }

  private func end(with error: any Error) {
    let waiter = state.withLock { state in
      state.isCancelled = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(throwing: error)
  }

  func connect(to keys: Set<String>) async throws {
    try state.withLock { state in
      state.connections += 1
      if state.refusals > 0 {
        state.refusals -= 1
        throw Lost()
      }
      (state.isConnected, state.isCancelled, state.keys) = (true, false, keys)
      state.bindings.append(keys)
    }
  }

  func bind(to keys: Set<String>) async throws {
    state.withLock { state in
      state.keys = keys
      state.bindings.append(keys)
    }
  }

  func next(limit: Int) async throws -> TappedUpdates {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<TappedUpdates, any Error>? in
          if state.isCancelled { return .failure(Lost()) }
          if !state.published.isEmpty { return .success(state.published.removeFirst()) }
          state.waiter = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      end(with: CancellationError())
    }
  }

  func close() async { state.withLock { $0.isConnected = false } }
}
