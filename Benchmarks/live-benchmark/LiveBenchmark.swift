import ArgumentParser
import Foundation

/// Measures `chat3-update-worker run` from end to end, and for comparison a roofline: the same calls with
/// nothing but the C libraries.
@main
struct LiveBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live-benchmark",
    abstract: "Updates per second, CPU, memory and latency of the live worker, compared with a roofline.",
    discussion: """
      Starts RabbitMQ and MongoDB (mongod if it is on PATH, else nx-27017; MONGODB_URI names another), and a \
      new worker for each round. All events are message.create. Figures are medians of the rounds; memory is the \
      highest of all. The line below each row shows where the roofline's time goes.
      """)

  @Option(help: "The release build of the worker.")
  var worker = "../.build/release/chat3-update-worker"

  @Option(help: "How often each load is measured.")
  var rounds = 3

  @Option(parsing: .upToNextOption, help: "Recipients per event.")
  var recipients = [2, 100, 1000]

  @Option(help: "Multiplies the usual number of events.")
  var scale = 1.0

  @Flag(inversion: .prefixedNo, help: "Measure the roofline too.")
  var roofline = true

  @Option(
    help: ArgumentHelp(
      "A simulated database takes MongoDB's place, whose answers take so many milliseconds more.",
      discussion: """
        It keeps its state in memory and answers at once (0), so that it shows what the worker itself can do, \
        and nothing about MongoDB.
        """))
  var simulatedDatabase: Double?

  @Option(
    help: ArgumentHelp(
      "Measure how late events to dialogs of two come, 20 a second, beside one event to a dialog of so many members.",
      discussion: "0 for none: an idle worker."))
  var beside: Int?

  @Option(help: "Whether the worker has its endpoint: on or off.")
  var http = Switch.off

  @Option(help: "How often /metrics is fetched each second under full load; 0: never. Needs --http on.")
  var scrapesPerSecond = 0

  enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

  func validate() throws {
    if let delay = simulatedDatabase {
      guard delay >= 0, delay <= 60_000 else {
        throw ValidationError("--simulated-database takes milliseconds from 0 to 60000, not \(delay)")
      }
    }
    guard scrapesPerSecond >= 0, scrapesPerSecond <= 1000, scrapesPerSecond == 0 || http == .on else {
      throw ValidationError("--scrapes-per-second takes a count from 0 to 1000, and needs --http on")
    }
  }

  func run() async throws {
    let program = URL(fileURLWithPath: worker).standardizedFileURL.path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw ValidationError("There is no worker at \(program); build it with: swift build -c release")
    }
    let folder = NSTemporaryDirectory() + "live-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let servers = try await Servers(simulatedDelay: simulatedDatabase, folder: folder)
    if let delay = simulatedDatabase {
      Self.show("With a simulated database, whose answers take \(delay) ms more.")
    }
    if let members = beside {
      for _ in 0..<max(1, rounds) {
        Self.show(try Fairness(members: members).run(program, servers: servers, folder: folder))
      }
      return
    }
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

  /// Prints a line without buffering, even into a file.
  private static func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private func measure(_ bench: Bench, _ program: String, _ folder: String) throws -> Report {
    let roofline = self.roofline ? try Roofline(bench) : nil
    let endpoint = try EndpointUse(isOn: http == .on, scrapesPerSecond: scrapesPerSecond)
    var figures: [WorkerFigures] = []
    var rates: [Double] = []
    // Both are measured in turn, so that a disturbance of the machine affects both.
    for _ in 0..<max(1, rounds) {
      figures.append(try bench.worker(program, folder: folder, endpoint: endpoint))
      if let roofline { rates.append(try roofline.run()) }
    }
    let shares = roofline.map { "            of the roofline, µs/update: " + $0.shares(runs: rounds) }
    let scrapes = figures.flatMap(\.scrapes).sorted()
    let scraping =
      scrapes.isEmpty
      ? nil
      : String(
        format: "            of /metrics, ms: p50 %.2f, p99 %.2f, longest %.2f (%d fetches)",
        scrapes[scrapes.count / 2], scrapes[scrapes.count * 99 / 100], scrapes[scrapes.count - 1],
        scrapes.count)
    let notes = [shares, scraping].compactMap { $0 }
    return Report(
      bench, worker: figures, roofline: rates, note: notes.isEmpty ? nil : notes.joined(separator: "\n"))
  }
}
