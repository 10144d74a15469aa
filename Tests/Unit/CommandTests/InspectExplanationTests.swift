import CommandHarness
import Foundation
import ReplayHarness
import SpecModel
import Testing

/// `inspect event` with `--explain` and `--body`.
@Suite struct InspectExplanationTests {
  private let typing = "000000000000000000000002"

  private func replayed(_ lines: [String] = [Sample.state, Sample.typing(2)]) throws -> Command {
    let command = try Command()
    let file = try command.write("a.ndjson", lines.joined(separator: "\n"))
    #expect(try command("replay", file).status == 0)
    return command
  }

  @Test func `inspect event explains the stations, everybody concerned and what would be made now`() throws {
    let command = try replayed()
    let text = try command("inspect", "event", typing, "--explain").output
    #expect(text.contains("By the state as it is now:\n  decoded    as dialog.typing\n"))
    #expect(
      text.contains("  located    dialog d by data.dialog.dialogId, typist carl by data.typing.userId\n"))
    #expect(text.contains("  looked up  dialogmembers of d, active or not: 3 found\n"))
    #expect(
      text.contains(
        "  planned    TypingUpdate with dialog, member, typing for active members except typing.userId\n"))
    #expect(text.contains("  made       1 TypingUpdate\n"))
    #expect(text.contains("  carl   member, typist  no TypingUpdate  is the one who was typing\n"))
    #expect(text.contains("  bot_1  member          TypingUpdate     is an active member of the dialog\n"))
    #expect(text.contains("  dave   former member   no TypingUpdate  is not active (isActive is false)\n"))
    #expect(text.contains("Handled again now, compared with what is stored: 1 same.\n"))
  }

  @Test func `without --explain nothing is explained`() throws {
    #expect(!(try replayed()("inspect", "event", typing).output.contains("By the state")))
  }

  @Test func `an explanation as JSON has reasons from a closed set, and the words for them`() throws {
    let line = try #require(try replayed()("inspect", "event", typing, "--explain", "--json").lines.first)
    let explanation = try #require(try JSON.parse(line)["explanation"])
    #expect(explanation["by"]?.string == "the state as it is now")
    #expect(explanation["outcome"]?.string == "planned")
    #expect(explanation["located"]?["typist"]?["by"]?.string == "data.typing.userId")
    let people = try #require(explanation["people"]?.array)
    #expect(people.map { $0["ordinary"]?["reason"]?.string } == ["typist", "activeMember", "formerMember"])
    #expect(people.first?["ordinary"]?["why"]?.string == "is the one who was typing")
    let dryRun = try #require(try JSON.parse(line)["dryRun"])
    #expect(dryRun["updates"]?.array?.map { $0["verdict"]?.string } == ["same"])
  }

  @Test func `a differing update is told by the path, the stored value and the present one`() throws {
    let command = try replayed()
    let change = #"""
      {"upsert":{"dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"bot_1","unreadCount":7}]}}
      """#
    #expect(try command("replay", command.write("b.ndjson", change)).status == 0)
    let text = try command("inspect", "event", typing, "--explain").output
    #expect(text.contains("compared with what is stored: 1 differs."))
    #expect(text.contains("data.member.state.unreadCount: "))
    #expect(text.contains(" stored, 7 now\n"))
  }

  @Test func `an event that is handed in is explained, from a file or from standard input`() throws {
    let command = try replayed()
    let file = try command.write("event.json", Sample.typing(9))
    let text = try command("inspect", "event", "--body", file).output
    #expect(text.contains("compared with what is stored: 1 missing.\n  bot_1  TypingUpdate  missing"))
    let bad = try command.write("bad.json", Sample.typing(9).replacingOccurrences(of: "carl", with: ""))
    #expect(
      try command("inspect", "event", "--body", bad).output.contains("  bad      data.typing.userId is "))
    let shell = "\"$0\" inspect event --body - < event.json"
    #expect(
      try command.run("/bin/sh", ["-c", shell, Command.executable]).output == text)
  }

  @Test func `an event that cannot be explained gets a plain sentence`() throws {
    let command = try replayed()
    #expect(try command("inspect", "event").status == 64)
    #expect(try command("inspect", "event", typing, "--body", "x").status == 64)
    let missing = try command("inspect", "event", "--body", "none.json")
    #expect(missing.status == 65)
    #expect(
      missing.errors
        == "chat3-update-worker: none.json cannot be read; name a file that holds one event as JSON\n")
  }

  @Test func `a store of an earlier version, which has no events, is read all the same`() throws {
    let command = try replayed()
    let python =
      "import sqlite3; c = sqlite3.connect('chat3.sqlite'); c.execute('alter table ledger drop column content'); c.commit()"
    #expect(try command.run("/usr/bin/env", ["python3", "-c", python]).status == 0)
    let result = try command("inspect", "event", typing, "--explain")
    #expect(result.status == 0)
    #expect(
      result.output.contains(
        "The store does not have the event itself, so it cannot be explained; give it with --body.\n"))
  }
}
