import Foundation
import UnixSignals

/// Runs work that SIGTERM and SIGINT ask to stop in good order; a second signal ends the process at once.
///
/// - Returns: The signal that stopped it, `nil` when it came to its own end.
func interruptible(
  stop: @escaping @Sendable () async throws -> Void, _ work: @escaping @Sendable () async throws -> Void
) async throws -> UnixSignal? {
  let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
  return try await withThrowingTaskGroup(of: UnixSignal??.self) { group in
    group.addTask {
      try await work()
      return .some(nil)
    }
    group.addTask {
      for await signal in signals {
        Shutdown.dieOfNextSignal()
        try await stop()
        return signal
      }
      return nil
    }
    var signal: UnixSignal?
    while let result = try await group.next() {
      guard let result else { continue }
      // The work ends after the signal, if there is one.
      guard result == nil else {
        signal = result
        continue
      }
      break
    }
    group.cancelAll()
    return signal
  }
}

extension Shutdown {
  /// Ends the process as the signal would have: whoever waits for it sees that it did not come to its end.
  static func die(of signal: UnixSignal) -> Never {
    dieOfNextSignal()
    kill(getpid(), signal == .sigint ? SIGINT : SIGTERM)
    // Delivered to any thread of the process, maybe not to this one first.
    while true { pause() }
  }
}
