import ArgumentParser
import Foundation

/// Measures `chat3-update-worker run` end to end on servers of its own, and beside it a roofline: the same
/// calls through the C libraries alone.
@main
struct LiveBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live-benchmark",
    abstract: "Updates per second, CPU, memory and latency of the live worker, beside a roofline.",
    discussion: """
      Starts RabbitMQ and MongoDB (mongod where it is on PATH, else nx-27017; MONGODB_URI names another), \
      and the worker anew for each round. All events are message.create. Figures are medians of the rounds; \
      memory is the most of all. Below each row: where the roofline's time goes.
      """)

  @Option(help: "The release build of the worker.")
  var worker = "../.build/release/chat3-update-worker"

  @Option(help: "Rounds of each load.")
  var rounds = 3

  @Option(parsing: .upToNextOption, help: "Recipients per event.")
  var recipients = [2, 100, 1000]

  @Option(help: "Times the usual number of events.")
  var scale = 1.0

  @Flag(inversion: .prefixedNo, help: "Measure the roofline.")
  var roofline = true

  func run() async throws {
    let program = URL(fileURLWithPath: worker).standardizedFileURL.path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw ValidationError("There is no worker at \(program); swift build -c release makes it.")
    }
    let folder = NSTemporaryDirectory() + "live-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let servers = try await Servers()
    Self.show(Report.heading)
    var bars: [String] = []
    for count in recipients {
      let events = Double([2: 3000, 100: 200][count] ?? max(8, 20_000 / count)) * scale
      let load = Load(recipients: count, events: max(Load.burst, Int(events) / Load.burst * Load.burst))
      let report = try await measure(Bench(load, servers: servers), program, folder)
      Self.show(report.row)
      if let note = report.note { Self.show(note) }
      bars += report.bars
    }
    Self.show("\n" + bars.joined(separator: "\n"))
  }

  /// Prints a line at once, into a file too.
  private static func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private func measure(_ bench: Bench, _ program: String, _ folder: String) throws -> Report {
    let roofline = self.roofline ? try Roofline(bench) : nil
    var figures: [WorkerFigures] = []
    var rates: [Double] = []
    // By turns, so that what disturbs the machine meets both.
    for _ in 0..<max(1, rounds) {
      figures.append(try bench.worker(program, folder: folder))
      if let roofline { rates.append(try roofline.round()) }
    }
    let shares = roofline.map { "            of the roofline, µs/update: " + $0.shares(rounds: rounds) }
    return Report(bench, worker: figures, roofline: rates, note: shares)
  }
}
