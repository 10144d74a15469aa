import ArgumentParser
import FaultInjection
import Foundation

/// The long form of the fault injection (docs/reliability.md).
@main
struct FaultInjectionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fault-injection",
    abstract: "Injects faults into the worker and its servers and checks the outcome of every update.",
    discussion:
      "Exit codes: 0 nothing found, 1 an update was lost, doubled, out of order or otherwise wrong.")

  @Option(help: "Rounds of each fault; faults of weight 5 are played five times as often.")
  var rounds = 5

  @Option(help: "The first round's seed; the same seed makes the same traffic and the same choices.")
  var seed: UInt64 = 1

  @Option(help: "Play only the faults whose names contain this text.")
  var only: String?

  @Flag(help: "Print the names of all faults.")
  var list = false

  func run() async throws {
    // A write to a peer that has gone must fail with an error instead of ending the process.
    signal(SIGPIPE, SIG_IGN)
    let faults = Fault.all.filter { fault in only.map { fault.name.contains($0) } ?? true }
    if list {
      for fault in faults { say(fault.name) }
      return
    }
    guard !faults.isEmpty else { throw ValidationError("No fault has such a name; --list shows them.") }
    let stage = try await Stage()
    var table = ResultTable()
    var seed = seed
    let began = ContinuousClock.now
    for round in 1...max(1, rounds) {
      for fault in faults {
        for _ in 0..<fault.weight {
          let result = await stage.play(fault, strikes: fault.strikes, seed: seed)
          table.add(result, of: fault)
          // The last ones tell how the worker behaved.
          let complaints = result.verdict.complaints
          for complaint in complaints.prefix(7) + complaints.dropFirst(7).suffix(3) {
            say("seed \(seed), \(fault): \(complaint)")
          }
          seed += 1
        }
      }
      let kills = table.kills
      let minutes = (ContinuousClock.now - began) / .seconds(60)
      say(
        "round \(round) of \(rounds), after \(Int(minutes)) min: \(kills.workers) workers, \(kills.rabbit) RabbitMQ "
          + "and \(kills.mongo) MongoDB killed; so far:")
      say(table.text)
    }
    // The servers end with this process.
    Foundation.exit(table.hasViolations ? 1 : 0)
  }

  /// Prints a line without buffering, even into a file.
  private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
