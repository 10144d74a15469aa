import CommandHarness
import Foundation
import TestKit
import Testing

/// How tables look on a terminal, which `script(1)` provides.
@Suite struct TerminalTests {
  private func listing(columns: Int) throws -> [String] {
    let command = try Command()
    let fixture = Repository.file("fixtures/support-chat.ndjson").path
    #expect(try command("replay", fixture, "--store", "sqlite:a.sqlite").status == 0)
    let result = try command.run(
      "/usr/bin/script",
      [
        "-qec", "stty cols \(columns); exec \(Command.executable) inspect updates --store sqlite:a.sqlite",
        "/dev/null",
      ])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    return result.output.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
  }

  @Test(arguments: [80, 100, 120, 140]) func `no line is longer than the terminal is wide`(columns: Int)
    throws
  {
    let lines = try listing(columns: columns)
    #expect(lines.count == 21 && lines.first?.hasPrefix("TIME (UTC)") == true)
    #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
  }

  @Test func `a terminal of fewer than 80 columns gets a block for each update`() throws {
    let lines = try listing(columns: 60)
    #expect(lines.filter { $0.hasPrefix("ROUTING KEY  update.") }.count == 20)
  }
}
