import Foundation
package import Logging
import Synchronization

/// Writes lines of the log to a descriptor, each with one write, so that lines of different threads never mix.
package final class LogOutput: Sendable {
  private let descriptor: Int32
  private let format: LogFormat
  private let suppression = Mutex(LogSuppression())

  /// The descriptor stays open for as long as there is an output.
  package init(_ format: LogFormat, descriptor: Int32 = STDERR_FILENO) {
    self.format = format
    self.descriptor = descriptor
  }

  /// What suits standard error: text on a terminal, else JSON.
  package static var formatOfStandardError: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }

  /// A logger whose lines go here.
  package func logger(level: Logger.Level) -> Logger {
    var logger = Logger(label: "chat3-update-worker") { _ in LineLogHandler(output: self) }
    logger.logLevel = level
    return logger
  }

  func log(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
    let kind = LogSuppression.Kind(
      level: level, message: message, peer: metadata["peer"]?.description,
      reason: metadata["reason"]?.description)
    suppression.withLock { suppression in
      let now = ContinuousClock.now
      report(suppression.due(at: now))
      switch suppression.decide(kind, at: now) {
      case .write: write(level, message, metadata)
      case .count(isFirst: true): reportLater()
      case .count(isFirst: false): break
      }
    }
  }

  /// Tells which lines were counted and not written so far. To be called before the process ends.
  package func finish() {
    suppression.withLock { report($0.end()) }
  }

  private func reportLater() {
    let period = LogSuppression.period.components.seconds
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(period))) {
      self.suppression.withLock { self.report($0.due(at: .now)) }
    }
  }

  private func report(_ counts: [(kind: LogSuppression.Kind, counted: Int)]) {
    for (kind, counted) in counts {
      var metadata: Logger.Metadata = ["suppressed": .stringConvertible(counted)]
      metadata["peer"] = kind.peer.map { .string($0) }
      metadata["reason"] = kind.reason.map { .string($0) }
      write(kind.level, kind.message, metadata)
    }
  }

  /// A line that cannot be written is lost: the log must not end the work that it tells of.
  private func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    var rest = LogLine(time: microseconds, level: level, message: message, metadata: metadata).bytes(format)[
      ...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
