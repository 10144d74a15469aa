import Pipeline
import Synchronization
import Updates

/// The bad lines of a replay: reported as they come, in the order of the lines, and counted.
public final class BadLines: DeadLetters {
  private let state = Mutex<(files: [String], count: Int)>(([], 0))
  private let report: @Sendable (String) -> Void

  /// `report` gets each as `FILE:LINE: reason`.
  public init(report: @escaping @Sendable (String) -> Void) {
    self.report = report
  }

  /// How many so far.
  public var count: Int { state.withLock { $0.count } }

  public func bury(_ delivery: Delivery, because error: BadEvent) async {
    add(LineLocation(tag: delivery.tag), error)
  }

  func name(_ files: [String]) { state.withLock { $0.files = files } }

  func add(_ location: LineLocation, _ error: BadEvent) {
    let file = state.withLock { state in
      state.count += 1
      return state.files.indices.contains(location.file) ? state.files[location.file] : "?"
    }
    report("\(file):\(location.line): \(printable(error.description))")
  }
}

/// A line of one of several files, as the tag of a delivery.
struct LineLocation {
  private static let lineBits: UInt64 = 44

  /// Counted from 0.
  let file: Int
  /// Counted from 1.
  let line: Int

  init(file: Int, line: Int) {
    self.file = file
    self.line = line
  }

  init(tag: UInt64) {
    file = Int(tag >> Self.lineBits)
    line = Int(tag & (1 << Self.lineBits - 1))
  }

  var tag: UInt64 { UInt64(file) << Self.lineBits | UInt64(line) }
}
