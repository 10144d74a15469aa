import CommandHarness
import Foundation
import TestKit
import Testing

/// `operations/chat3-update-worker.1` is what `scripts/make-man-page` makes of the commands.
@Suite struct ManPageTests {
  private let path = Repository.file("operations/chat3-update-worker.1").path

  @Test func `the man page is that of the commands; scripts/make-man-page makes it anew`() throws {
    let made = try Command().run(
      Repository.file("scripts/make-man-page").path, [Command.executable, "-o", "-"])
    #expect(made.status == 0, "\(made.errors)")
    let page = try String(contentsOfFile: path, encoding: .utf8)
    let difference = page.split(separator: "\n").difference(from: made.output.split(separator: "\n"))
    #expect(difference.isEmpty && page == made.output)
  }

  @Test func `groff has nothing to say against the man page`() throws {
    let checked = try Command().run("groff", ["-man", "-ww", "-z", "-Tutf8", path])
    #expect(checked.status == 0)
    #expect(checked.errors == "")
  }

  @Test func `the man page names every command and every flag of the help`() throws {
    let command = try Command()
    let page = try command.run("/bin/sh", ["-c", "groff -man -Tutf8 -P-cbou \"$1\"", "sh", path]).output
    // Lines are filled with spaces.
    let shown = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let help = try command("--help").output
    // Commands stand indented after the heading.
    let commands = try #require(help.components(separatedBy: "SUBCOMMANDS:").last).split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("See 'chat3") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(commands.count >= 8)
    for name in commands { #expect(shown.contains("chat3-update-worker \(name)"), "\(name) is missing") }
    // Every command has these two.
    for match in try command("help", "run").output.matches(of: /--[a-z-]+/)
    where !["--help", "--version"].contains(match.output) {
      #expect(shown.contains(match.output), "\(match.output) is missing")
    }
  }
}
