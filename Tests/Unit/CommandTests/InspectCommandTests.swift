import CommandHarness
import Foundation
import ReplayHarness
import SpecModel
import Testing

/// `inspect` (spec section 10).
@Suite struct InspectCommandTests {
  private func replayed(_ lines: [String]) throws -> Command {
    let command = try Command()
    let file = try command.write("a.ndjson", lines.joined(separator: "\n"))
    #expect(try command("replay", file).status == 0)
    return command
  }

  private var usual: [String] {
    let added = ", \"member\": {\"userId\": \"carl\"}"
    return [
      Sample.state, Sample.update(1), Sample.typing(2),
      Sample.update(3, type: "dialog.member.add", extra: added),
      Sample.update(4, type: "message.delete"),
    ]
  }

  private func found(_ command: Command, _ arguments: String...) throws -> [String] {
    try command.run(Command.executable, ["inspect", "updates", "--json"] + arguments).lines.map {
      let update = try JSON.parse($0)
      return "\(update["eventType"]?.string?.text ?? "?") \(update["userId"]?.string?.text ?? "?")"
    }
  }

  @Test func `§10 updates are shown newest first, with all fields in JSON lines`() throws {
    let command = try replayed(usual)
    #expect(
      Array(try found(command).prefix(2)) == ["user.stats.update carl", "dialog.member.add bot_1"])
    let line = try JSON.parse(try #require(try command("inspect", "updates", "--json").lines.first))
    let fields = [
      "_id", "tenantId", "userId", "entityId", "eventId", "eventType", "data", "routingKey", "published",
      "publishedAt", "createdAt",
    ]
    #expect(Set(line.object?.keys.map(\.text) ?? []) == Set(fields))
    #expect(line["eventId"]?.string == "000000000000000000000003")
    #expect(line["published"] == .bool(false))
    #expect(line["publishedAt"] == .null)
  }

  @Test func `§10 every filter narrows what is shown`() throws {
    let command = try replayed(usual)
    #expect(try found(command, "--user", "bot_1").count == 3)
    #expect(try found(command, "--tenant", "t").count == 6)
    #expect(try found(command, "--tenant", "other") == [])
    #expect(try found(command, "--dialog", "d").count == 5)
    #expect(try found(command, "--event", "000000000000000000000002") == ["dialog.typing bot_1"])
    #expect(try found(command, "--event", "evt_00000000000000000000000200000000") == ["dialog.typing bot_1"])
    #expect(try found(command, "--type", "TypingUpdate") == ["dialog.typing bot_1"])
    #expect(try found(command, "--type", "UserStatsUpdate") == ["user.stats.update carl"])
    #expect(try found(command, "--type", "dialog.update").count == 2)
    #expect(try found(command, "--unpublished").count == 6)
    #expect(try found(command, "--limit", "1").count == 1)
  }

  @Test func `§10 20 are shown by default, and all with --limit 0`() throws {
    let command = try replayed([Sample.timeline(events: 15)])
    #expect(try found(command).count == 20)
    #expect(try found(command, "--limit", "0").count == 30)
  }

  @Test func `§10 the table has time, recipient, type, event type, entity, published and routing key`() throws
  {
    let command = try replayed(usual)
    let lines = try command("inspect", "updates").lines
    let titles = ["TIME (UTC)", "RECIPIENT", "TYPE", "EVENT TYPE", "ENTITY", "PUBLISHED", "ROUTING KEY"]
    #expect(lines[0].split(separator: "\t").map(String.init) == titles)
    let row = try #require(lines.first { $0.contains("dialog.typing") })
    #expect(
      row.split(separator: "\t").dropFirst() == [
        "t/bot_1", "TypingUpdate", "dialog.typing", "d", "no", "update.dialog.bot.bot_1.typingupdate",
      ])
    #expect(lines.count == 7)
  }

  @Test func `a control character in an id cannot disturb the terminal`() throws {
    let state = Sample.state.replacingOccurrences(of: "carl", with: "ca\\u001b[2Jrl")
    let command = try replayed([state, Sample.update(1)])
    #expect(!(try command("inspect", "updates").output.contains("\u{1B}")))
  }

  @Test func `inspect event shows who got which update, who got none, and why`() throws {
    let command = try replayed(usual)
    let text = try command("inspect", "event", "000000000000000000000002").output
    #expect(text.contains("event 000000000000000000000002  dialog.typing  tenant t  dialog d"))
    #expect(text.contains("1 update:"))
    #expect(text.contains("bot_1  TypingUpdate  unpublished  update.dialog.bot.bot_1.typingupdate"))
    #expect(text.contains("carl  is the one who was typing"))
    #expect(text.contains("dave  is not active (isActive is false)"))
  }

  @Test func `inspect event says why an event made no update`() throws {
    let command = try Command()
    let bad = Sample.update(5).replacingOccurrences(of: "{\"dialogId\": \"d\"}", with: "null")
    let lonely = Sample.update(6).replacingOccurrences(of: "\"d\"", with: "\"empty\"")
    try command.write(
      "a.ndjson", (usual + [bad, lonely]).joined(separator: "\n"))
    #expect(try command("replay", "a.ndjson").status == 65)
    #expect(
      try command("inspect", "event", "000000000000000000000004").output.contains(
        "It was ignored: events of this type make no updates."))
    #expect(
      try command("inspect", "event", "000000000000000000000005").output.contains(
        "It is a bad event: data.dialog is missing, and no stored dialog has the dialogId d"))
    #expect(
      try command("inspect", "event", "000000000000000000000006").output.contains(
        "It made no updates, because nobody was due one."))
  }

  @Test func `unknown ids, empty stores and missing files get a plain sentence`() throws {
    let command = try replayed(usual)
    let unknown = try command("inspect", "event", "0000000000000000000000aa")
    #expect(unknown.status == 65)
    #expect(
      unknown.errors
        == "chat3-update-worker: nothing is known of event 0000000000000000000000aa in this store\n")
    #expect(try command("inspect", "event", "xyz").status == 64)
    let unmatched = try command("inspect", "updates", "--user", "nobody")
    #expect(unmatched.errors == "no stored update matches; leave out a filter to see more\n")
    let missing = try command("inspect", "updates", "--store", "sqlite:none.sqlite")
    #expect(missing.status == 64)
    #expect(
      missing.errors
        == "chat3-update-worker: there is no store at none.sqlite; replay a timeline into it first\n")
    _ = try command("replay", command.write("state.ndjson", Sample.state), "--store", "sqlite:empty.sqlite")
    let empty = try command("inspect", "updates", "--store", "sqlite:empty.sqlite")
    #expect(empty.status == 0)
    #expect(empty.errors == "the store holds no updates yet\n")
    #expect(try command("inspect", "updates", "--store", "memory:").status == 64)
  }

  @Test func `a damaged record gets a plain sentence`() throws {
    let command = try replayed(usual)
    let python =
      "import sqlite3; c = sqlite3.connect('chat3.sqlite'); c.execute(\"update contents set leading = x'0102'\"); c.commit()"
    #expect(try command.run("/usr/bin/env", ["python3", "-c", python]).status == 0)
    let result = try command("inspect", "updates")
    #expect(result.status == 69)
    #expect(result.errors.contains("chat3.sqlite is damaged (a record is not a BSON document"))
  }

  @Test(arguments: [
    "evt_6925a00100000000000000010000000z", "evt_6925a0010000000000000001zzzzzzzz",
    "evt_6925a0010000000000000001",
    "evt-6925a001000000000000000100000000", "6925a00100000000000000",
  ])
  func `an event id that no event can have is refused`(id: String) throws {
    let result = try Command()("inspect", "event", id)
    #expect(result.status == 64 && result.errors.contains("'\(id)' is invalid for '<id>'"))
  }
}
