import ArgumentParser
import Foundation
import Fuzzing

/// Feeds hostile inputs to everything that reads what others have written: see docs/security.md.
@main
struct Fuzz: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Feeds hostile inputs to decoding, planning and encoding.",
    discussion: """
      Every input is made from the seed and its number alone: what is said of input N comes again with --first N \
      --inputs 1. Exit codes: 0 nothing found, 1 findings, else it has crashed.
      """)

  @Option(help: "How many inputs.")
  var inputs = 1_000_000

  @Option(help: "The number of the first.")
  var first = 0

  @Option(help: "What all of them are made from.")
  var seed: UInt64 = 1

  @Option(help: "CPU seconds that an input may take.")
  var seconds = 10.0

  func run() async throws {
    var fuzzer = try Fuzzer(seed: seed, folder: FileManager.default.temporaryDirectory)
    let watchdog = Watchdog(seed: seed, limit: seconds)
    let start = ContinuousClock.now
    var findings = 0
    for number in first..<first + inputs {
      watchdog.begin(number)
      do {
        try await fuzzer.check(number)
      } catch let finding as Finding {
        findings += 1
        say("input \(number) of seed \(seed): \(finding)")
        if findings == 20 { break }
      }
      watchdog.end()
      if (number - first + 1) % 100_000 == 0 {
        say("\(number - first + 1) inputs, \(ContinuousClock.now - start)")
      }
    }
    try fuzzer.removeFiles()
    for (fate, count) in fuzzer.fates.sorted(by: { $0.key < $1.key }) { say("  \(fate)  \(count)") }
    let (slowest, time) = watchdog.slowest
    say(
      "\(inputs) inputs of seed \(seed) in \(ContinuousClock.now - start), \(findings) findings, 0 crashes; the slowest, "
        + "\(slowest), took \(String(format: "%.1f", time * 1000)) ms of CPU time")
    if findings > 0 { throw ExitCode(1) }
  }
}

/// Writes a line at once, into a file too.
private func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
