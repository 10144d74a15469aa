import Foundation

/// Ends the program if an input takes too long, and names the input that was under way if the program
/// crashes.
///
/// The signal handler and the watching thread read memory that is never freed, because the program ends
/// first.
final class Watchdog: Sendable {
  /// The input under way and the CPU time at which it began.
  private struct Current {
    var seed: UInt64
    var number: Int
    var began: Double
    var slowest: Int
    var longest: Double
  }

  /// Only one thread writes it. A reader that sees half of a change gets a wrong number at worst.
  private nonisolated(unsafe) static let current = UnsafeMutablePointer<Current>.allocate(capacity: 1)

  /// - Parameter limit: In seconds of CPU time.
  init(seed: UInt64, limit: Double) {
    Self.current.initialize(to: Current(seed: seed, number: -1, began: 0, slowest: 0, longest: 0))
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
      signal(number) { number in
        Watchdog.name("ends the program")
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    Thread.detachNewThread {
      while true {
        sleep(1)
        if Self.current.pointee.number >= 0, Self.cpuTime() - Self.current.pointee.began > limit {
          Self.name("takes too long")
          _exit(1)
        }
      }
    }
  }

  /// The input that took longest, and its CPU time in seconds.
  var slowest: (number: Int, seconds: Double) { (Self.current.pointee.slowest, Self.current.pointee.longest) }

  func begin(_ number: Int) {
    Self.current.pointee.began = Self.cpuTime()
    Self.current.pointee.number = number
  }

  func end() {
    let time = Self.cpuTime() - Self.current.pointee.began
    guard time > Self.current.pointee.longest else { return }
    (Self.current.pointee.longest, Self.current.pointee.slowest) = (time, Self.current.pointee.number)
  }

  private static func cpuTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Writes without allocating, because the heap may be damaged.
  private static func name(_ what: StaticString) {
    func write(_ text: StaticString) {
      _ = Foundation.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
    func write(_ number: UInt64) {
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
        var (rest, start) = (number, 20)
        repeat {
          start -= 1
          digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        } while rest > 0
        _ = Foundation.write(STDERR_FILENO, digits.baseAddress.map { $0 + start }, 20 - start)
      }
    }
    write("fuzz: input ")
    write(UInt64(max(0, current.pointee.number)))
    write(" of seed ")
    write(current.pointee.seed)
    write(" ")
    write(what)
    write("\n")
  }
}
