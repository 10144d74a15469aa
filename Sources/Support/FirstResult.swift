import Synchronization

/// The first of several results. One task may wait for it; once it is there, anybody may ask.
package final class FirstResult<Value: Sendable, Failure: Error>: Sendable {
  private struct State {
    var result: Result<Value, Failure>?
    var waiter: CheckedContinuation<Result<Value, Failure>, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// Takes a result; returns whether it is the first.
  @discardableResult
  package func finish(_ result: Result<Value, Failure>) -> Bool {
    let (isFirst, waiter) = state.withLock {
      state -> (Bool, CheckedContinuation<Result<Value, Failure>, Never>?) in
      guard state.result == nil else { return (false, nil) }
      state.result = result
      defer { state.waiter = nil }
      return (true, state.waiter)
    }
    waiter?.resume(returning: result)
    return isFirst
  }

  package var result: Result<Value, Failure> {
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
