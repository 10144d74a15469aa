import Pipeline
import Synchronization

/// Keeps work to a number per second.
package final class Pace: Sendable {
  private let perSecond: Double
  private let free = Mutex(ContinuousClock.now)

  /// At most so many per second.
  package init(perSecond: Int) {
    self.perSecond = Double(max(1, perSecond))
  }

  /// Returns when so many more may be done.
  package func wait(for count: Int) async throws {
    let start = free.withLock { free in
      let start = max(free, .now)
      free = start + .seconds(Double(count) / perSecond)
      return start
    }
    try await Task.sleep(until: start, clock: .continuous)
  }
}
