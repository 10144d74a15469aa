import Foundation

/// The figures of one load, as medians of its runs.
struct Report {
  let recipients: Int
  let updates: Int
  let worker: WorkerFigures
  let roofline: Double
  /// The lowest and the highest rate of the worker.
  let range: (Double, Double)
  /// A line to print below the row.
  let note: String?

  init(_ bench: Bench, worker runs: [WorkerFigures], roofline rates: [Double], note: String?) {
    self.note = note
    recipients = bench.load.recipients
    updates = bench.updateCount
    roofline = Self.median(rates)
    let sorted = runs.map(\.rate).sorted()
    range = (sorted.first ?? 0, sorted.last ?? 0)
    worker = WorkerFigures(
      rate: Self.median(sorted), cpu: Self.median(runs.map(\.cpu)),
      memory: runs.map(\.memory).max() ?? 0,
      latency: (
        median: Self.median(runs.map(\.latency.median)), p99: Self.median(runs.map(\.latency.p99))
      ))
  }

  static let heading = """
    recipients  updates | worker/s  (min..max)      | roofline/s  ratio | CPU µs/update | peak MB | \
    p50 ms   p99 ms
    """

  var row: String {
    String(
      format: "%10d  %7d | %8.0f  %6.0f..%-6.0f  | %10.0f  %4.0f %% | %13.1f | %7.1f | %6.0f   %6.0f",
      recipients, updates, worker.rate, range.0, range.1, roofline, ratio, worker.cpu, megabytes,
      worker.latency.median, worker.latency.p99)
  }

  /// The bars that the worker must clear, each with its figure and whether it is met.
  var bars: [String] {
    var bars: [(String, Double, (Double) -> Bool)] = [
      ("peak memory ≤ 80 MB", megabytes, { $0 <= 80 })
    ]
    // The Node worker reached these rates on such a machine.
    if let bar = [2: (50.0, 40.0, 320.0), 100: (70.0, 15.0, 650.0)][recipients] {
      bars += [
        ("ratio ≥ \(Int(bar.0)) %", ratio, { $0 >= bar.0 }),
        ("CPU ≤ \(Int(bar.1)) µs", worker.cpu, { $0 <= bar.1 }),
        ("≥ 10 × Node (\(Int(bar.2))/s)", worker.rate / bar.2, { $0 >= 10 }),
      ]
    }
    return bars.map { name, value, isMet in
      "\(isMet(value) ? "met   " : "MISSED")  \(recipients) recipients: \(name): "
        + String(format: "%.1f", value)
    }
  }

  /// In percent; 0 if the roofline was not measured.
  private var ratio: Double { roofline > 0 ? worker.rate / roofline * 100 : 0 }
  private var megabytes: Double { Double(worker.memory) / 1e6 }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}
