import Pipeline
import Synchronization
import Updates

/// A line of one of several files, which the tag of a delivery holds: the line in the lower 44 bits, the file
/// above.
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
