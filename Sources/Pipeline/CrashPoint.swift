#if CRASH_POINTS
  import Foundation
  import Synchronization
#endif

/// Places between two steps of a round where a build for tests can be made to die as if by `kill -9`
/// (docs/reliability.md). In a release build, passing one does nothing at all.
package enum CrashPoint: String, CaseIterable, Sendable {
  /// The events of a round are decoded.
  case decoded
  /// A slice of updates is stored.
  case inserted
  /// A message is written to the broker's socket, perhaps with some that follow.
  case published
  /// The messages of a slice are confirmed.
  case confirmed
  /// The updates of a slice are marked as published.
  case marked
  /// A bad event is about to be sent to the dead letters.
  case burying
  /// A bad event has arrived at the dead letters.
  case buried
  /// Everything in a round is done except its acknowledgement.
  case handled
  /// A round is acknowledged.
  case acknowledged

  #if CRASH_POINTS
    /// The environment variable that names the point at which the process dies, and which pass of it:
    /// `inserted:3` is the third.
    package static let variable = "UPDATE_WORKER_CRASH_AT"

    /// All variables of the environment that only tests use.
    package static let variables = [variable]

    private static let words = ProcessInfo.processInfo.environment[variable]?.split(separator: ":") ?? []
    private static let chosen = words.first.flatMap { CrashPoint(rawValue: String($0)) }
    private static let left = Atomic<Int>(words.last.flatMap { Int($0) } ?? 1)

    /// Kills the process if this is the chosen pass of the chosen point.
    package static func pass(_ point: CrashPoint) {
      guard point == chosen else { return }
      if left.subtract(1, ordering: .relaxed).newValue == 0 { kill(getpid(), SIGKILL) }
    }
  #else
    /// There are none.
    package static let variables: [String] = []

    /// Does nothing.
    @inline(__always) package static func pass(_ point: CrashPoint) {}
  #endif
}
