import CoreMetrics
import Synchronization

/// The value of one series, as it is written.
package enum MetricValue: Sendable, Equatable {
  case integer(Int64)
  case number(Double)
  /// How many values were at most each bound, and more than the one before; the last count is of those above
  /// all bounds.
  case distribution(bounds: [Double], counts: [Int64], sum: Double)
}

/// One series of the registry.
protocol MetricSeries: Sendable {
  var value: MetricValue { get }
}

final class CounterSeries: MetricSeries, CounterHandler {
  private let count = Atomic<Int64>(0)

  var value: MetricValue { .integer(count.load(ordering: .relaxed)) }

  func increment(by amount: Int64) { count.add(amount, ordering: .relaxed) }
  func reset() { count.store(0, ordering: .relaxed) }
}

/// A gauge, for both of the interfaces that swift-metrics has for one.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
  private let bits = Atomic<UInt64>(0)

  var value: MetricValue { .number(Double(bitPattern: bits.load(ordering: .relaxed))) }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
  func decrement(by amount: Double) { increment(by: -amount) }

  func increment(by amount: Double) {
    var known = bits.load(ordering: .relaxed)
    while true {
      let sum = Double(bitPattern: known) + amount
      let (isDone, found) = bits.weakCompareExchange(
        expected: known, desired: sum.bitPattern, ordering: .relaxed)
      if isDone { return }
      known = found
    }
  }
}

/// A histogram. A timer records into it in seconds.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
  private struct State {
    var counts: [Int64]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  var value: MetricValue {
    state.withLock { .distribution(bounds: bounds, counts: $0.counts, sum: $0.sum) }
  }

  func record(_ value: Int64) { record(Double(value)) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func record(_ value: Double) {
    // What is not a number would spoil the sum for good.
    guard value.isFinite else { return }
    var bucket = 0
    while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
    }
  }
}
