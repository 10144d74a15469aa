import Foundation
import UnixSignals

/// Does work that SIGTERM and SIGINT ask to stop in good order; a second signal ends the process at once.
///
/// ServiceLifecycle hears the signals; decision 10 says why its `ServiceGroup` does not run the work.
///
/// - Parameters:
///   - onSignal: Hears of the first signal before `stop` is called.
///   - stop: Asks the work to end; `work` returns then.
/// - Returns: The signal that stopped the work, `nil` when it came to its own end.
func interruptible(
  onSignal: @escaping @Sendable (UnixSignal) -> Void = { _ in },
  stop: @escaping @Sendable () async throws -> Void, _ work: @escaping @Sendable () async throws -> Void
) async throws -> UnixSignal? {
  let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
  return try await withThrowingTaskGroup(of: Interruption.self) { group in
    group.addTask {
      try await work()
      return .workEnded
    }
    group.addTask {
      for await signal in signals {
        Shutdown.dieOfNextSignal()
        onSignal(signal)
        try await stop()
        return .signal(signal)
      }
      return .cancelled
    }
    var received: UnixSignal?
    for try await interruption in group {
      switch interruption {
      case .signal(let signal): received = signal
      case .workEnded: group.cancelAll()
      case .cancelled: break
      }
    }
    return received
  }
}

/// What one of the two tasks of ``interruptible(onSignal:stop:_:)`` has come to.
private enum Interruption {
  case workEnded
  case signal(UnixSignal)
  case cancelled
}
