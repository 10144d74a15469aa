import Foundation
import Synchronization

/// Tells systemd, or whatever else listens at `NOTIFY_SOCKET`, how the worker is, and feeds its watchdog while the
/// worker's loop gets on. Without that variable nothing is sent.
package final class ServiceManager: Sendable {
  /// How often to send while no watchdog asks for more.
  private static let longestPause = Duration.seconds(20)

  private let socket: NotifySocket?
  /// How long the service manager waits for a sign of life; `nil` when it does not.
  private let watchdog: Duration?
  private let onFault: @Sendable (NotifySocket.Fault) -> Void
  private let state = Mutex(ServiceState())
  private let hasFailed = Atomic(false)

  /// - Parameters:
  ///   - processId: This process; `WATCHDOG_PID` may say that the watchdog is another's.
  ///   - onFault: Hears once if the service manager cannot be told anything.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment, processId: Int32 = getpid(),
    onFault: @escaping @Sendable (NotifySocket.Fault) -> Void
  ) {
    self.onFault = onFault
    let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(processId)" } ?? true
    watchdog = environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap {
      isMeant && $0 > 0 ? .microseconds($0) : nil
    }
    guard let name = environment["NOTIFY_SOCKET"], !name.isEmpty else {
      socket = nil
      return
    }
    do throws(NotifySocket.Fault) {
      socket = try NotifySocket(name)
    } catch {
      socket = nil
      onFault(error)
    }
  }

  /// Tells what has changed.
  package func take(_ health: Health) {
    tell { $0.take(health) }
  }

  /// Tells that a shutdown has begun.
  package func stopping() {
    tell { $0.stop() }
  }

  /// Tells that the worker is alive, if it is; and how it is, in case that two changes at once were told in the wrong
  /// order.
  package func beat(_ health: Health) {
    tell { $0.take(health) + (health.isLive ? $0.beat(watchdog: watchdog) : []) }
  }

  /// Does `work`, and tells meanwhile that the worker is alive, twice as often as the watchdog asks for.
  package func beating(
    _ health: @escaping @Sendable () -> Health, while work: @escaping @Sendable () async throws -> Void
  ) async throws {
    guard socket != nil else { return try await work() }
    let pause = min(watchdog.map { $0 / 2 } ?? Self.longestPause, Self.longestPause)
    let beats = Task {
      while true {
        beat(health())
        try await Task.sleep(for: pause)
      }
    }
    defer { beats.cancel() }
    try await work()
  }

  /// Sends within the lock, so that what is decided later is not sent earlier.
  private func tell(_ decide: (inout ServiceState) -> [String]) {
    guard let socket else { return }
    state.withLock { state in
      let before = state
      let assignments = decide(&state)
      if assignments.isEmpty { return }
      do throws(NotifySocket.Fault) {
        try socket.send(assignments)
      } catch {
        // It is told again with the next sign of life.
        state = before
        if !error.isPassing, !hasFailed.exchange(true, ordering: .relaxed) { onFault(error) }
      }
    }
  }
}
