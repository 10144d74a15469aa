import CommandHarness
import TestKit
import Foundation
import ReplayHarness
import SpecModel
import Testing

/// `replay` as scripts rely on it (spec section 10).
@Suite struct ReplayCommandTests {
  @Test func `§10 replay stores into chat3.sqlite by default and prints nothing on standard output`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 2))
    let result = try command("replay", file)
    #expect(result.status == 0)
    #expect(result.output == "")
    #expect(FileManager.default.fileExists(atPath: command.folder.path("chat3.sqlite")))
    #expect(try command("inspect", "updates", "--json").lines.count == 4)
  }

  @Test func `§10 a summary of events, updates, ignored and bad goes to standard error`() throws {
    let command = try Command()
    let lines = [
      Sample.state, Sample.update(1), Sample.typing(2), Sample.update(3, type: "message.delete"), "{",
    ]
    let result = try command("replay", command.write("a.ndjson", lines.joined(separator: "\n")))
    #expect(result.errors.contains("events          2  (1 dialog.typing, 1 dialog.update)"))
    #expect(result.errors.contains("updates         3  (2 DialogUpdate, 1 TypingUpdate)"))
    #expect(result.errors.contains("ignored         1  (1 message.delete)"))
    #expect(result.errors.contains("bad             1\n"))
  }

  @Test func `§10 --publish stdout prints routing key, message id, type and body of each update`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.state + "\n" + Sample.typing(7))
    let result = try command("replay", file, "--store", "memory:", "--publish", "stdout")
    let line = try JSON.parse(try #require(result.lines.first))
    #expect(result.lines.count == 1)
    #expect(line["routingKey"]?.string == "update.dialog.bot.bot_1.typingupdate")
    #expect(line["type"]?.string == "TypingUpdate")
    #expect(line["messageId"]?.string?.text.count == 24)
    let body = try #require(line["body"])
    #expect(body["_id"] == line["messageId"])
    #expect(body["published"] == .bool(true))
    #expect(body["publishedAt"]?.number != nil)
    #expect(body["routingKey"] == nil)
    #expect(body["eventId"]?.string == "000000000000000000000007")
  }

  @Test func `§10 several files and standard input are one timeline`() throws {
    let command = try Command()
    let first = try command.write("a.ndjson", Sample.state + "\n" + Sample.update(1) + "\n")
    let last = try command.write("c.ndjson", Sample.update(3))
    let result = try command(
      "replay", first, "-", last, "--store", "memory:", "--publish", "stdout", input: Sample.update(2) + "\n")
    #expect(result.status == 0)
    let events = try result.lines.map { try JSON.parse($0)["body"]?["eventId"]?.string?.text.suffix(1) ?? "" }
    #expect(events == ["1", "1", "2", "2", "3", "3"])
  }

  @Test func `§10 a bad line is reported as FILE:LINE: reason, the rest is handled, and the exit code is 65`()
    throws
  {
    let command = try Command()
    let first = try command.write("a.ndjson", Sample.state + "\n{\"_id\": 5}\n" + Sample.update(1) + "\n")
    let second = try command.write("b.ndjson", "\n# comment\n{\"upsert\": []}\n")
    let result = try command("replay", first, second, "--store", "memory:", "--publish", "stdout")
    #expect(result.status == 65)
    #expect(result.lines.count == 2)
    #expect(result.errors.hasPrefix("\(first):2: _id is neither 24 hex digits nor {\"$oid\": …} with them\n"))
    #expect(result.errors.contains("\(second):3: upsert is not an object of collections\n"))
  }

  @Test func `§4 a second replay stores nothing new, and publishes what the first did not publish`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 3))
    _ = try command("replay", file)
    let second = try command("replay", file, "--publish", "stdout")
    #expect(second.errors.contains("updates         0"))
    #expect(second.errors.contains("already stored  6"))
    #expect(second.lines.count == 6)
    let third = try command("replay", file, "--publish", "stdout")
    #expect(third.output == "")
    #expect(try command("inspect", "updates", "--json", "--unpublished").output == "")
  }

  @Test func `§9 a second replay stores nothing new even though the state has changed`() throws {
    let command = try Command()
    let joins =
      "{\"upsert\": {\"dialogmembers\": [{\"tenantId\": \"t\", \"dialogId\": \"d\", \"userId\": \"erin\"}]}}"
    let file = try command.write(
      "a.ndjson", [Sample.state, Sample.update(1), joins, Sample.update(2)].joined(separator: "\n"))
    let first = try command("replay", file)
    #expect(first.errors.contains("updates         5"))
    let second = try command("replay", file)
    #expect(second.errors.contains("updates         0"))
    #expect(second.errors.contains("already stored  5"))
  }

  @Test
  func `§9 a replay followed by a longer one gives the same as one replay of all lines, with histories`()
    throws
  {
    func status(_ user: String, _ time: Int) -> String {
      "{\"tenantId\": \"t\", \"messageId\": \"m\", \"userId\": \"\(user)\", \"status\": \"read\", \"createdAt\": \(time)}"
    }
    let message = ", \"message\": {\"messageId\": \"m\", \"senderId\": \"carl\", \"statusUpdate\": {}}"
    let lines = [
      Sample.state, "{\"upsert\": {\"messagestatuses\": [\(status("dave", 1))]}}",
      "{\"delete\": {\"messagestatuses\": [\(status("dave", 1))]}}",
      "{\"upsert\": {\"messagestatuses\": [\(status("dave", 2))]}}",
      Sample.update(1, type: "message.status.update", extra: message),
    ]
    let command = try Command()
    _ = try command("replay", command.write("part.ndjson", lines.dropLast().joined(separator: "\n")))
    let file = try command.write("all.ndjson", lines.joined(separator: "\n"))
    _ = try command("replay", file)
    let matrix = "\"statusMessageMatrix\":[{\"userType\":null,\"status\":\"read\",\"count\":1}]"
    #expect(try command("inspect", "updates", "--json").lines.filter { $0.contains(matrix) }.count == 2)
  }

  @Test func `the next replay handles a bad line that was corrected`() throws {
    let command = try Command()
    let bad = Sample.update(1).replacingOccurrences(of: "\"dialogId\": \"d\"", with: "\"dialogId\": 7")
    #expect(try command("replay", command.write("a.ndjson", Sample.state + "\n" + bad)).status == 65)
    let mended = try command("replay", command.write("a.ndjson", Sample.state + "\n" + Sample.update(1)))
    #expect(mended.status == 0)
    #expect(mended.errors.contains("updates         2"))
  }

  @Test func `updates that a later replay publishes come in the order in which they were made`() throws {
    let command = try Command()
    let fixture = "lagging-burst"
    let file = Repository.file("fixtures/\(fixture).ndjson").path
    _ = try command("replay", file)
    let stored = try command("inspect", "updates", "--limit", "0", "--json").lines.reversed().map {
      try JSON.parse($0)["_id"]
    }
    let later = try command("replay", file, "--publish", "stdout").lines.map {
      try JSON.parse($0)["messageId"]
    }
    #expect(later == Array(stored))
  }

  @Test func `the same command completes a replay whose reader closed the pipe`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 3000))
    let script = "'\(Command.executable)' replay '\(file)' --publish stdout; echo status $? >&2"
    let result = try command.run("/bin/sh", ["-c", "(\(script)) | true"])
    #expect(result.errors.contains("status 69"))
    #expect(result.errors.contains("the same command completes it"))
    _ = try command("replay", file)
    #expect(try command("inspect", "updates", "--limit", "0", "--json").lines.count == 6000)
  }

  @Test func `text in an event cannot forge a line of the report`() throws {
    let command = try Command()
    let evil = ", \"message\": {\"messageId\": \"m\", \"dialogId\": \"x\\nb.ndjson:7: \\u001b[31mforged\"}"
    let line = Sample.update(1, type: "message.update", extra: evil)
    let result = try command("replay", command.write("a.ndjson", line), "--store", "memory:")
    #expect(!result.errors.contains("\u{1B}"))
    #expect(!result.errors.contains("\nb.ndjson"))
  }

  @Test func `a pipe can be a timeline`() throws {
    let command = try Command()
    try command.write("a.ndjson", Sample.timeline(events: 2))
    let script =
      "mkfifo f; cat a.ndjson > f & '\(Command.executable)' replay f --store memory:; wait $!; echo $?"
    let result = try command.run("/bin/sh", ["-c", script])
    #expect(result.errors.contains("updates         4"))
    #expect(result.output == "0\n", "the writer succeeds")
  }

  @Test func `a file that one run has written is read by the next`() throws {
    let command = try Command()
    _ = try command("replay", command.write("state.ndjson", Sample.state))
    let result = try command("replay", command.write("event.ndjson", Sample.update(1)))
    #expect(result.errors.contains("updates         2"))
  }

  @Test func `§10 wrong usage exits 64 and says what is wrong`() throws {
    let command = try Command()
    for arguments in [
      ["replay"], ["replay", "a", "--store", "mysql:x"], ["replay", "-", "-"],
      ["inspect", "updates", "--limit", "-1"], ["nonsense"],
    ] {
      let result = try command.run(Command.executable, arguments)
      #expect(result.status == 64, "\(arguments)")
      #expect(result.errors.contains("Error:"), "\(arguments)")
    }
  }

  @Test func `a timeline that does not exist or is a directory is named in one plain sentence`() throws {
    let command = try Command()
    let missing = try command("replay", "nothing.ndjson")
    #expect(missing.status == 64)
    #expect(missing.errors == "chat3-update-worker: there is no timeline at nothing.ndjson\n")
    let directory = try command("replay", command.folder.path)
    #expect(directory.status == 64)
    #expect(directory.errors.contains("is a directory; name the timelines in it"))
  }

  @Test func `a progress bar is drawn on a terminal, and nowhere else`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 3000))
    let plain = try command("replay", file, "--store", "memory:")
    #expect(!plain.errors.contains("\r"))
    // script(1) makes all three streams a terminal.
    let terminal = try command.run(
      "/usr/bin/script", ["-qec", "'\(Command.executable)' replay '\(file)' --store memory:", "/dev/null"])
    #expect(terminal.output.contains("\r"))
    #expect(terminal.output.contains(" %  "))
    #expect(terminal.output.contains(" events, "))
    #expect(terminal.output.contains(" updates, "))
  }

  @Test func `a reader that closes the pipe ends the replay without a message`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 3000))
    let result = try command.run(
      "/bin/sh",
      ["-c", "'\(Command.executable)' replay '\(file)' --store memory: --publish stdout | head -n 1"])
    #expect(result.lines.count == 1)
    #expect(!result.errors.contains("chat3-update-worker:"))
  }
}
