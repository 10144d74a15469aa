import Foundation
import Synchronization

/// The time in the form of the spec: milliseconds since 1970, with microseconds in the fraction.
package final class UpdateClock: Sendable {
  private let last = Mutex<Int64>(0)

  package init() {}

  package func now() -> Double { Double(Self.microseconds()) / 1000 }

  /// The time now, but at least a microsecond after the time that was given out before, so that updates sort
  /// in the order in which they were made.
  package func next() -> Double {
    last.withLock { last in
      last = max(last + 1, Self.microseconds())
      return Double(last) / 1000
    }
  }

  private static func microseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
