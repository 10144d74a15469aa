import BSON
import Pipeline
import Support
import Synchronization
import Updates

/// Counts how often each state line has been applied through this store, because equal lines of one timeline
/// are different occurrences.
final class LineOccurrences: Sendable {
  /// One occurrence of a line.
  struct Line: Sendable {
    let digest: [UInt8]
    let count: Int
  }

  private let counts = Mutex<[[UInt8]: Int]>([:])

  /// Names the next occurrence of the line; `nil` for a line that adds to no history, because it needs no
  /// name.
  func next(of change: StateChange) -> Line? {
    guard change.action == .upsert, change.records.contains(where: { $0.collection == .messagestatuses })
    else {
      return nil
    }
    let bytes = SHA256.hash(
      change.records.flatMap { [Array($0.collection.rawValue.utf8), Array($0.document.bytes)] })
    return Line(
      digest: bytes,
      count: counts.withLock { counts in
        counts[bytes, default: 0] += 1
        return counts[bytes, default: 0]
      })
  }

  /// Takes back the name of an occurrence that was not applied.
  func giveBack(_ line: Line?) {
    guard let line else { return }
    counts.withLock { $0[line.digest, default: 1] -= 1 }
  }
}
