import TestKit
import TestServers
import CommandHarness
import Foundation
import ReplayHarness
import Testing

/// Bad input gets an error that names the file, the line, the field and the reason, and everything else is
/// handled.
@Suite struct BadInputTests {
  /// Replays a bad line between two good events and returns the report about it.
  private func report(_ line: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    let command = try Command()
    let file = command.folder.path("a.ndjson")
    var text = Array((Sample.state + "\n" + Sample.update(1) + "\n").utf8) + line
    text += Array(("\n" + Sample.update(2)).utf8)
    try Data(text).write(to: URL(fileURLWithPath: file))
    let result = try command("replay", file, "--store", "memory:", "--publish", "stdout")
    #expect(result.status == 65, sourceLocation: sourceLocation)
    #expect(result.lines.count == 4, "both events around it are handled", sourceLocation: sourceLocation)
    let prefix = "\(file):3: "
    #expect(result.errors.hasPrefix(prefix), sourceLocation: sourceLocation)
    return String(result.errors.dropFirst(prefix.count).prefix { $0 != "\n" })
  }

  private func report(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    try report(Array(line.utf8), sourceLocation: sourceLocation)
  }

  @Test func `truncated JSON`() throws {
    #expect(
      try report("{\"eventType\": \"dialog.create\", \"tenantId\"")
        == "not valid JSON: it ends too early at column 42")
  }

  @Test func `invalid UTF-8`() throws {
    let line = Array("{\"_id\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
    #expect(try report(line) == "not valid JSON: invalid UTF-8 at column 10")
  }

  @Test func `100,000 nested brackets`() throws {
    let reason = try report("{\"data\": " + String(repeating: "[", count: 100_000))
    #expect(reason == "not valid JSON: nested deeper than 100 levels at column 109")
  }

  @Test func `a line of 20 MB`() throws {
    let reason = try report("{\"data\": \"" + longText("x", times: 20_000_000) + "\"}")
    #expect(reason == "the line is longer than 16777216 bytes, which no stored event can be")
  }

  @Test func `ids that are numbers or objects`() throws {
    let number = "{\"_id\": \"0000000000000000000000ff\", \"tenantId\": 5, \"eventType\": \"dialog.update\"}"
    #expect(try report(number) == "tenantId is a number, where an id (a string) is needed")
    let object = Sample.update(9, extra: ", \"context\": {\"dialogId\": {\"$ne\": null}}")
    #expect(try report(object) == "data.context.dialogId is an object, where an id (a string) is needed")
  }

  @Test func `a store that is a directory`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    for arguments in [["replay", file], ["inspect", "updates"]] {
      let result = try command.run(
        Command.executable, arguments + ["--store", "sqlite:\(command.folder.path)"])
      #expect(result.status == 64)
      #expect(
        result.errors
          == "chat3-update-worker: \(command.folder.path) is a directory; name a file in it with --store\n")
    }
  }

  @Test func `a store that is not a database, or another program's database`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    let text = try command.write(
      "notes.txt", String(repeating: "These are notes, not a database. ", count: 40))
    for arguments in [["replay", file], ["inspect", "updates"]] {
      let result = try command.run(Command.executable, arguments + ["--store", "sqlite:\(text)"])
      #expect(result.status == 64)
      #expect(
        result.errors
          == "chat3-update-worker: \(text) is not a SQLite database; name another file with --store\n")
    }
    #expect(try String(contentsOfFile: text, encoding: .utf8).hasPrefix("These are notes"))
    let python =
      "import sqlite3; c = sqlite3.connect('other.sqlite'); c.execute('create table t (x)'); c.commit()"
    #expect(try command.run("/usr/bin/env", ["python3", "-c", python]).status == 0)
    let foreign = try command("replay", file, "--store", "sqlite:other.sqlite")
    #expect(foreign.status == 64)
    #expect(foreign.errors.contains("other.sqlite is another program's SQLite database"))
  }

  @Test func `a folder that does not exist`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    let result = try command("replay", file, "--store", "sqlite:none/x.sqlite")
    #expect(result.status == 64)
    #expect(
      result.errors.contains("the folder of none/x.sqlite does not exist; create it, or name another file"))
  }

  /// Mounts a new file system in a new mount namespace, and runs the script with its folder as `$1`.
  private func onOwnFileSystem(_ command: Command, options: String, _ script: String) throws -> CommandResult
  {
    let folder = command.folder.path("mounted")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let user = getuid() == 0 ? "" : "--map-root-user --user "
    return try command.run(
      "/bin/sh",
      [
        "-c",
        "exec unshare \(user)--mount sh -ec 'mount -t tmpfs -o \(options) none \"$1\"; cd \"$1\"; \(script)' sh \"\(folder)\"",
      ])
  }

  @Test func `a read-only folder`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    let result = try onOwnFileSystem(
      command, options: "ro,size=4m", "\"\(Command.executable)\" replay \"\(file)\" --store sqlite:x.sqlite")
    #expect(result.status == 64)
    #expect(
      result.errors
        == "chat3-update-worker: x.sqlite cannot be written (Read-only file system); use --store to name a file in a writable folder\n"
    )
  }

  @Test func `a store in a folder that its reader may not write to`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    let script = """
      "\(Command.executable)" replay "\(file)" --store sqlite:x.sqlite; mount -o remount,ro "$PWD"; set +e; \
      "\(Command.executable)" inspect updates --store sqlite:x.sqlite; echo "status $?"
      """
    let result = try onOwnFileSystem(command, options: "size=9m", script)
    #expect(result.lines == ["status 64"])
    #expect(
      result.errors.contains(
        "x.sqlite cannot be read where it is; copy it to a writable folder and name the copy"))
  }

  @Test func `a full disk stops the replay, and the same command completes it once there is room`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 6000))
    let script = """
      set +e; "\(Command.executable)" replay "\(file)" --store sqlite:x.sqlite; echo "status $?"; \
      mount -o remount,size=100m "$PWD"; "\(Command.executable)" replay "\(file)" --store sqlite:x.sqlite; \
      echo "status $?"; "\(Command.executable)" inspect updates --store sqlite:x.sqlite --limit 0 --json | wc -l
      """
    let result = try onOwnFileSystem(command, options: "size=2m", script)
    #expect(result.lines == ["status 69", "status 0", "12000"])
    #expect(
      result.errors.contains(
        "chat3-update-worker: x.sqlite cannot grow: the disk is full; make room and run the same command again\n"
      ))
  }

  @Test func `two replays on one file at once`() async throws {
    let command = try Command()
    try command.write("a.ndjson", Sample.state + "\n" + Sample.update(1) + "\n")
    // The first replay reads from a pipe that stays open, so it lasts until we close it.
    let fifo = command.folder.path("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    let first = try command.start(
      "/bin/sh", ["-c", "exec '\(Command.executable)' replay a.ndjson '\(fifo)' --store sqlite:x.sqlite"])
    let pipe = try #require(FileHandle(forWritingAtPath: fifo))
    let second = try command("replay", "a.ndjson", "--store", "sqlite:x.sqlite")
    #expect(second.status == 69)
    #expect(
      second.errors
        == "chat3-update-worker: another replay is writing to x.sqlite; wait until it ends, or name another file with --store\n"
    )
    try pipe.write(contentsOf: Data((Sample.update(2) + "\n").utf8))
    try pipe.close()
    #expect(first.process.wait() == .exited(0))
    #expect(try command("inspect", "updates", "--json", "--store", "sqlite:x.sqlite").lines.count == 4)
  }

  @Test func `a crash in the middle of a replay leaves a file that a second replay completes`() async throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 4000))
    // After the file comes a pipe that stays open, so the replay cannot end before it is killed.
    let fifo = command.folder.path("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    let pipe = try #require(FileHandle(forUpdatingAtPath: fifo))
    let running = try command.start(
      Command.executable, ["replay", file, fifo, "--store", "sqlite:x.sqlite", "--publish", "stdout"])
    while try running.outputSoFar().isEmpty, running.process.isRunning { await Task.yield() }
    running.process.send(SIGKILL)
    #expect(running.process.wait() == .killed(SIGKILL), "the replay should have been killed before its end")
    try pipe.close()
    let before = try running.outputSoFar().split(separator: "\n").count
    let second = try command("replay", file, "--store", "sqlite:x.sqlite", "--publish", "stdout")
    #expect(second.status == 0)
    let stored = try command("inspect", "updates", "--store", "sqlite:x.sqlite", "--limit", "0", "--json")
      .lines
    #expect(stored.count == 8000)
    #expect(before + second.lines.count >= 8000, "each update is published at least once")
    #expect(
      try command("inspect", "updates", "--store", "sqlite:x.sqlite", "--unpublished", "--json").output == "")
  }
}
