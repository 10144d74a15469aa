import Support
package import Pipeline
import Synchronization
package import Updates

/// Reports the bad lines of a replay as they come, in the order of the lines, and counts them.
package final class BadLines: DeadLetters {
  private let state = Mutex<(files: [String], count: Int)>(([], 0))
  private let report: @Sendable (String) -> Void

  /// `report` receives each bad line as `FILE:LINE: reason`.
  package init(report: @escaping @Sendable (String) -> Void) {
    self.report = report
  }

  package var count: Int { state.withLock { $0.count } }

  package func bury(_ delivery: Delivery, because error: BadEvent) async {
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
