import CoreMetrics
import Testing

@testable import Operations

@Suite struct MetricRegistryTests {
  private static let families = [
    MetricFamily("c_total", .counter, ["kind"], [["a"], ["b"]], "h"), MetricFamily("g", .gauge, "h"),
    MetricFamily("t", .histogram([0.1, 1]), "h"), MetricFamily("r", .histogram([10]), "h"),
  ]
  private let registry = MetricRegistry(families)

  private var values: [[MetricValue]] { registry.values.map(\.values) }

  @Test func `every series is there from the start, at 0`() {
    #expect(
      values == [
        [.integer(0), .integer(0)], [.number(0)],
        [.distribution(bounds: [0.1, 1], counts: [0, 0, 0], sum: 0)],
        [.distribution(bounds: [10], counts: [0, 0], sum: 0)],
      ])
  }

  @Test func `instruments of swift-metrics arrive in their series`() {
    Counter(label: "c_total", dimensions: [("kind", "b")], factory: registry).increment(by: 3)
    let meter = Meter(label: "g", factory: registry)
    meter.set(5)
    meter.increment(by: 2.5)
    meter.decrement()
    let timer = Timer(label: "t", factory: registry)
    timer.recordMilliseconds(100)
    timer.recordSeconds(2)
    let recorder = Recorder(label: "r", factory: registry)
    recorder.record(10)
    recorder.record(10.5)
    recorder.record(Double.nan)
    #expect(
      values == [
        [.integer(0), .integer(3)], [.number(6.5)],
        [.distribution(bounds: [0.1, 1], counts: [1, 0, 1], sum: 2.1)],
        [.distribution(bounds: [10], counts: [1, 1], sum: 20.5)],
      ])
    Gauge(label: "g", factory: registry).record(1)
    #expect(values[1] == [.number(1)])
  }

  @Test func `what belongs to no series goes nowhere`() {
    let before = values
    Counter(label: "c_total", dimensions: [("kind", "made up")], factory: registry).increment()
    Counter(label: "c_total", dimensions: [("other", "a")], factory: registry).increment()
    Counter(label: "c_total", factory: registry).increment()
    Counter(label: "unknown", factory: registry).increment()
    Counter(label: "g", factory: registry).increment()
    Meter(label: "t", factory: registry).set(1)
    Timer(label: "g", factory: registry).recordSeconds(1)
    #expect(values == before)
  }

  @Test func `nothing is lost when many record at once`() async {
    let (counter, meter, recorder) = (
      Counter(label: "c_total", dimensions: [("kind", "a")], factory: registry),
      Meter(label: "g", factory: registry), Recorder(label: "r", factory: registry)
    )
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<10_000 {
            counter.increment()
            meter.increment()
            recorder.record(1)
          }
        }
      }
    }
    #expect(values[0][0] == .integer(80_000))
    #expect(values[1] == [.number(80_000)])
    #expect(values[3] == [.distribution(bounds: [10], counts: [80_000, 0], sum: 80_000)])
  }
}
