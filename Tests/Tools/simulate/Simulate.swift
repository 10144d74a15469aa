import ArgumentParser
import Foundation
import Simulation

/// Plays the live worker against simulated servers, in an order drawn from a seed (docs/reliability.md).
@main
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Plays the live worker against simulated servers that fail.",
    discussion: """
      Everything that happens depends on the seed alone. Exit codes: 0 nothing found, 1 a property does not hold.
      """)

  @Option(help: "How many seeds; 10,000 by default, 1 with --seed.")
  var seeds: Int?

  @Option(help: "The first seed.")
  var seed: UInt64?

  @Option(help: "How many workers share the queue, 1 to 3. Without it the seed says.")
  var workers: Int?

  @Flag(help: "Print what happens, step by step.")
  var trace = false

  func validate() throws {
    if let workers, !(1...3).contains(workers) { throw ValidationError("--workers takes 1, 2 or 3.") }
    if let seeds, seeds < 1 { throw ValidationError("--seeds takes a number of at least 1.") }
  }

  func run() throws {
    try makeHashesRepeatable()
    SimulationThread.takeOver()
    let library = try Library()
    let first = seed ?? 1
    let count = seeds ?? (seed == nil ? 10_000 : 1)
    var report = SimulationReport()
    let start = ContinuousClock.now
    for number in first..<first + UInt64(count) {
      let scenario = Scenario(seed: number, workers: workers, library: library)
      let outcome = Simulation(scenario, library: library, isTraced: trace).run()
      for line in outcome.trace { say(line) }
      report.add(outcome, seed: number)
      if let violation = outcome.violation {
        say("seed \(number): \(violation)")
        explain(scenario, violation, library)
        break
      }
      if report.seeds % 100_000 == 0 { say("\(report.seeds) seeds, \(ContinuousClock.now - start)") }
    }
    let time = ContinuousClock.now - start
    for line in report.lines { say(line) }
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    // The time of this machine, which is the only thing that varies, goes elsewhere.
    FileHandle.standardError.write(
      Data(String(format: "%.1f s, %.0f seeds a second\n", seconds, Double(report.seeds) / seconds).utf8))
    if !report.failures.isEmpty { throw ExitCode(1) }
  }

  /// Shows the smallest scenario in which the same property does not hold.
  private func explain(_ scenario: Scenario, _ violation: Violation, _ library: Library) {
    var shrinking = Shrinking(scenario, rule: violation.rule, library: library)
    shrinking.run()
    let small = shrinking.scenario
    let outcome = Simulation(small, library: library, isTraced: true).run()
    say(
      "The same with \(small.eventCount) of \(scenario.eventCount) events and \(small.faultCount) of "
        + "\(scenario.faultCount) faults:")
    for line in outcome.trace { say("  " + line) }
  }

  /// Sets and dictionaries must be walked in the same order in every process, which Swift reads from the environment
  /// at the start of a process.
  private func makeHashesRepeatable() throws {
    let variable = "SWIFT_DETERMINISTIC_HASHING"
    guard ProcessInfo.processInfo.environment[variable] == nil else { return }
    setenv(variable, "1", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", &arguments)
    throw ValidationError("The program cannot start itself again: \(String(cString: strerror(errno))).")
  }
}

/// Prints a line without buffering, even into a file.
private func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
