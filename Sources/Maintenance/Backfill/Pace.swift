import Pipeline
import Synchronization

/// Limits work to a number of items per second.
package final class Pace: Sendable {
  private let perSecond: Double
  private let freeFrom = Mutex(ContinuousClock.now)

  package init(perSecond: Int) {
    self.perSecond = Double(max(1, perSecond))
  }

  /// Returns as soon as `count` more items may be done.
  package func wait(for count: Int) async throws {
    let start = freeFrom.withLock { freeFrom in
      let start = max(freeFrom, .now)
      freeFrom = start + .seconds(Double(count) / perSecond)
      return start
    }
    try await Task.sleep(until: start, clock: .continuous)
  }
}
