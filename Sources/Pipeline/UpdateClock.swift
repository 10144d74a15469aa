import Foundation
import Synchronization

/// The time in the form of the spec: milliseconds since 1970, with microseconds in the fraction.
package final class UpdateClock: Sendable {
  private let last = Mutex<Int64>(0)
  private let microseconds: @Sendable () -> Int64

  /// Without an argument, the clock of the system. `microseconds` are those since 1970.
  package init(microseconds: @escaping @Sendable () -> Int64 = UpdateClock.systemTime) {
    self.microseconds = microseconds
  }

  package func now() -> Double { Double(microseconds()) / 1000 }

  /// The time now, but at least a microsecond after the time that was given out before, so that updates sort
  /// in the order in which they were made.
  package func next() -> Double {
    last.withLock { last in
      last = max(last + 1, microseconds())
      return Double(last) / 1000
    }
  }

  /// The time of the system in microseconds since 1970.
  package static func systemTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
