import CommandHarness
import Foundation
import SpecModel
import TestKit
import TestServers
import TestTraits
import Testing

/// `inspect updates --follow` on the file of a replay.
@Suite(.bounded) struct FollowCommandTests {
  private func prepared() throws -> Command {
    let command = try Command()
    #expect(try command("replay", command.write("state.ndjson", Sample.timeline(events: 1))).status == 0)
    return command
  }

  private func follow(_ command: Command, _ arguments: String...) async throws -> RunningCommand {
    let running = try command.start(
      Command.executable, ["inspect", "updates", "--follow"] + arguments)
    try await until("it follows") { try running.errorsSoFar().contains("following new updates") }
    return running
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `it shows what a replay stores while it runs, in order, each update once, and ends with 0`(
    signal: Int32
  )
    async throws
  {
    let command = try prepared()
    let follower = try await follow(command, "--json")
    let file = try command.write("a.ndjson", Sample.timeline(events: 3000))
    #expect(try command("replay", file).status == 0)
    // The first event was handled before.
    try await until("all new updates are shown") {
      try follower.outputSoFar().utf8.count { $0 == UInt8(ascii: "\n") } >= 5998
    }
    follower.process.send(signal)
    let result = try follower.result()
    #expect(result.status == 0)
    let stored = try command("inspect", "updates", "--json", "--limit", "0").lines
    #expect(result.lines == stored.reversed().dropFirst(2).map { $0 })
  }

  @Test func `filters apply, and a limit ends it`() async throws {
    let command = try prepared()
    let follower = try await follow(command, "--user", "bot_1", "--type", "TypingUpdate", "--limit", "3")
    let lines = [Sample.state] + (10..<20).flatMap { [Sample.update($0), Sample.typing($0 + 100)] }
    #expect(try command("replay", command.write("a.ndjson", lines.joined(separator: "\n"))).status == 0)
    let result = try follower.result()
    #expect(result.status == 0)
    #expect(result.lines.count == 4, "titles and three updates")
    #expect(result.lines.dropFirst().allSatisfy { $0.contains("update.dialog.bot.bot_1.typingupdate") })
  }

  @Test func `it ends when nobody reads any more`() async throws {
    let command = try prepared()
    let shell = try command.start(
      "/bin/sh", ["-c", "\"$0\" inspect updates --follow --json 2>errors | head -n 1", Command.executable])
    try await until("it follows") {
      let errors = FileManager.default.contents(atPath: command.folder.path("errors")) ?? Data()
      return String(decoding: errors, as: UTF8.self).contains("following new updates")
    }
    #expect(try command("replay", command.write("a.ndjson", Sample.timeline(events: 500))).status == 0)
    #expect(try shell.result().lines.count == 1)
    #expect(
      FileManager.default.contents(atPath: command.folder.path("errors"))?.split(separator: 10).count == 1)
  }

  @Test func `a store that does not exist is refused`() throws {
    #expect(try Command()("inspect", "updates", "--follow").status == 64)
  }
}
