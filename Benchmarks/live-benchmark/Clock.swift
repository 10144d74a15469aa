import Foundation

/// Times in nanoseconds.
enum Clock {
  static func now() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// The CPU time that all threads of a process have used.
  static func cpu(of process: pid_t) throws -> UInt64 {
    var clock = clockid_t()
    guard clock_getcpuclockid(process, &clock) == 0 else {
      throw BenchmarkError("process \(process) has no CPU clock")
    }
    return read(clock)
  }

  /// - Parameter time: A time of ``now()``.
  static func sleep(until time: UInt64) {
    var due = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &due, nil) == EINTR {}
  }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// Why a benchmark gives no figures.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
