import ArgumentParser
import Foundation
import Fuzzing

/// Feeds hostile inputs to every reader of foreign bytes (docs/security.md).
@main
struct Fuzz: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Feeds hostile inputs to decoding, planning and encoding.",
    discussion: """
      Every input depends only on the seed and its number: --first N --inputs 1 repeats input N. Exit codes: 0 \
      nothing found, 1 findings, anything else a crash.
      """)

  @Option(help: "How many inputs.")
  var inputs = 1_000_000

  @Option(help: "The number of the first input.")
  var first = 0

  @Option(help: "The seed that all inputs are made from.")
  var seed: UInt64 = 1

  @Option(help: "How many seconds of CPU time an input may take.")
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

/// Prints a line without buffering, even into a file.
private func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
