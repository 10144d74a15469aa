#if CRASH_POINTS
  import Foundation
  import Synchronization
#endif

/// Places between two steps of a batch where a build for tests can be made to die as by `kill -9`
/// (docs/reliability.md). In a release build passing one is nothing at all.
package enum CrashPoint: String, CaseIterable, Sendable {
  /// A batch is decoded.
  case decoded
  /// A chunk of updates is stored.
  case inserted
  /// One message is written to the broker's socket.
  case published
  /// The messages of a chunk are confirmed.
  case confirmed
  /// The updates of a chunk are marked as published.
  case marked
  /// A bad event is about to go to the dead letters.
  case burying
  /// A bad event is with the dead letters.
  case buried
  /// Everything of a batch is done but its acknowledgement.
  case handled
  /// A batch is acknowledged.
  case acknowledged

  #if CRASH_POINTS
    /// Names the point and the time it is passed at which the process is to die: `inserted:3`.
    package static let variable = "UPDATE_WORKER_CRASH_AT"

    private static let words = ProcessInfo.processInfo.environment[variable]?.split(separator: ":") ?? []
    private static let chosen = words.first.flatMap { CrashPoint(rawValue: String($0)) }
    private static let left = Atomic<Int>(words.last.flatMap { Int($0) } ?? 1)

    /// Dies here when this is the chosen place and time.
    package static func pass(_ point: CrashPoint) {
      guard point == chosen else { return }
      if left.subtract(1, ordering: .relaxed).newValue == 0 { kill(getpid(), SIGKILL) }
    }
  #else
    /// Nothing.
    @inline(__always) package static func pass(_ point: CrashPoint) {}
  #endif
}
