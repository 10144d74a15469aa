import CommandHarness
import Foundation
import TestTraits
import Testing

/// The short form of the simulation; `scripts/simulate` is the long one. It is a program of its own, because it runs
/// all tasks of its process on one thread.
@Suite(.bounded, .serialized) struct SimulationTests {
  private static let program = URL(fileURLWithPath: Command.executable).deletingLastPathComponent()
    .appendingPathComponent("simulate").path

  /// 300 seeds, or as many as `SIMULATE_SEEDS` says.
  private static let seeds = ProcessInfo.processInfo.environment["SIMULATE_SEEDS"].flatMap(Int.init) ?? 300

  @Test func `every property holds in every order and with every fault`() throws {
    // A process uses one core.
    let processes = max(1, min(Self.seeds, ProcessInfo.processInfo.activeProcessorCount))
    let share = (Self.seeds + processes - 1) / processes
    let command = try Command()
    let running = try (0..<processes).map { index in
      try command.start(Self.program, ["--seed", "\(1 + index * share)", "--seeds", "\(share)"])
    }
    for process in running {
      let result = try process.result()
      #expect(result.status == 0, "\(result.lines.joined(separator: "\n"))\n\(result.errors)")
      #expect(result.output.contains("seeds \(share), "))
    }
  }

  @Test func `the same seed gives the same trace in another process`() throws {
    let command = try Command()
    let first = try command.run(Self.program, ["--seed", "7", "--seeds", "3", "--trace"])
    let second = try command.run(Self.program, ["--seed", "7", "--seeds", "3", "--trace"])
    #expect(first.status == 0)
    #expect(first.lines.count > 1500)
    #expect(first.output == second.output)
  }
}
