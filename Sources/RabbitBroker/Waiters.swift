/// Tasks that wait for something to happen on an actor. Used on that actor only.
struct Waiters {
  private var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
  private var lastId: UInt64 = 0

  /// Reserves an id for the next task that waits, before it waits, so that it can be cancelled.
  mutating func reserve() -> UInt64 {
    lastId += 1
    return lastId
  }

  mutating func add(_ id: UInt64, _ continuation: CheckedContinuation<Void, any Error>) {
    waiting[id] = continuation
  }

  /// Resumes all tasks, because it has happened.
  mutating func resume() {
    for waiter in waiting.values { waiter.resume() }
    waiting = [:]
  }

  /// Fails all tasks, because it will not happen.
  mutating func fail(_ error: any Error) {
    for waiter in waiting.values { waiter.resume(throwing: error) }
    waiting = [:]
  }

  /// Ends the wait of one task with a `CancellationError`.
  mutating func cancel(_ id: UInt64) {
    waiting.removeValue(forKey: id)?.resume(throwing: CancellationError())
  }
}
