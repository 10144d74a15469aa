import Foundation
import LiveHarness
import RabbitBroker
import TestKit
import TestServers
import TestTraits
import Testing

/// The command `record`.
@Suite(.bounded) struct RecordTests {
  private let traffic = Traffic(events: 20)

  /// Starts a recording and waits until it has begun.
  private func start(
    _ installation: Installation, _ flags: [String] = [], changing changes: [String: String] = [:]
  ) async throws -> WorkerProcess {
    let process = try installation.start(["record"] + flags, changing: changes)
    try await process.says("recording")
    return process
  }

  private func text(_ file: String) throws -> String {
    try String(contentsOfFile: file, encoding: .utf8)
  }

  @Test func `it records beside a worker, which handles everything as ever, until it is asked to stop`()
    async throws
  {
    try await withInstallation { installation in
      let folder = try TemporaryFolder()
      let file = folder.path("recording.ndjson")
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let worker = try installation.startWorker()
      let recording = try await start(installation, ["--with-state", "-o", file])
      try installation.client().publish(traffic.events(), to: installation.topology.eventsExchange, "e.t")
      try await until("all is recorded") { try text(file).split(separator: "\n").count == 21 }
      recording.send(SIGINT)
      #expect(try await recording.ending() == .exited(0), "\(recording.errors)")
      let summary =
        "events          20  (20 dialog.update)\nrecords         2  (2 dialogmembers)\ndropped         0\n"
      #expect(recording.errors.contains(summary), "\(recording.errors)")
      try await until("all is published") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0))
      #expect(try await traffic.complaints(about: installation) == [])

      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let replay = try await installation.command(
        "replay", file, "--store", "sqlite:\(folder.path("replayed.sqlite"))")
      #expect(replay.ending == .exited(0) && replay.errors.contains("updates         40  (40 DialogUpdate)"))
    }
  }

  @Test func `the limit and the duration end it, and the flags choose what is recorded`() async throws {
    try await withInstallation { installation in
      let client = try installation.client()
      let limited = try await start(
        installation, ["--match", "dialog.#", "--tenant", "t", "--limit", "3", "--mask", "data.dialog.name"])
      let chosen = try await start(installation, ["--dialog", "other"])
      let brief = try await start(installation, ["--duration", "1s"])
      for (index, event) in traffic.events().enumerated() {
        let key = index % 2 == 0 ? "dialog.update.t" : "message.update.t"
        try client.publish(Array(event.utf8), to: installation.topology.eventsExchange, key)
      }
      let last =
        #"{"_id":"\#(Traffic.id(99))","tenantId":"t","eventType":"dialog.update","data":{"context":{"dialogId":"other"}}}"#
      try client.publish(Array(last.utf8), to: installation.topology.eventsExchange, "dialog.update.t")
      #expect(try await limited.ending() == .exited(0))
      let expected = [0, 2, 4].map { number in
        traffic.events()[number].replacing("\"name\":\"\(number)\"", with: "\"name\":\"x\"")
      }
      let recorded = limited.output.split(separator: "\n").map(String.init)
      #expect(recorded == expected)
      try await until("the last event is recorded") { chosen.output == last + "\n" }
      #expect(try await chosen.terminate() == .exited(0))
      #expect(chosen.errors.contains("passed over     20\n"), "\(chosen.errors)")
      #expect(try await brief.ending() == .exited(0), "\(brief.errors)")
    }
  }

  @Test func `it overwrites no file, unless it is told to`() async throws {
    try await withInstallation { installation in
      let folder = try TemporaryFolder()
      let file = folder.path("recording.ndjson")
      try Data("precious\n".utf8).write(to: URL(fileURLWithPath: file))
      let refused = try await installation.command("record", "-o", file)
      #expect(refused.ending == .exited(64) && refused.errors.contains("\(file) exists already"))
      #expect(try text(file) == "precious\n")
      let forced = try await start(installation, ["-o", file, "--force", "--limit", "1"])
      try installation.client().publish(traffic.events(), to: installation.topology.eventsExchange, "e.t")
      #expect(try await forced.ending() == .exited(0))
      #expect(try text(file) == traffic.events()[0] + "\n")
    }
  }

  @Test func `a full disk ends it with 69, and what is in the file is whole lines`() async throws {
    try await withInstallation { installation in
      let folder = try TemporaryFolder()
      let script = "trap '' XFSZ; ulimit -f 2; exec \"$0\" record -o \"$1\""
      for path in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: folder.path(path))) }
      let process = try SpawnedProcess(
        "/bin/sh", ["-c", script, WorkerProcess.executable, folder.path("recording.ndjson")], in: folder.path,
        output: folder.path("out"), errors: folder.path("err"),
        environment: ["PATH": "/usr/bin:/bin"].merging(installation.environment) { $1 })
      try await until("it records") { try text(folder.path("err")).contains("recording") }
      try installation.client().publish(traffic.events(), to: installation.topology.eventsExchange, "e.t")
      try await until("it has ended") { !process.isRunning }
      #expect(process.wait() == .exited(69))
      let words = try text(folder.path("err"))
      #expect(words.contains("recording.ndjson cannot be written: File too large"), "\(words)")
      let lines = try text(folder.path("recording.ndjson"))
      #expect(
        lines == traffic.events().prefix(lines.split(separator: "\n").count).joined(separator: "\n") + "\n")
      #expect(lines.utf8.count > 800 && lines.utf8.count <= 1024)
    }
  }

  @Test func `a reader that has gone ends it with 69`() async throws {
    try await withInstallation { installation in
      let folder = try TemporaryFolder()
      let script = "{ \"$0\" record; echo \"status $?\" >&2; } | head -n 1"
      for path in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: folder.path(path))) }
      let process = try SpawnedProcess(
        "/bin/sh", ["-c", script, WorkerProcess.executable], in: folder.path,
        output: folder.path("out"), errors: folder.path("err"),
        environment: ["PATH": "/usr/bin:/bin"].merging(installation.environment) { $1 })
      try await until("it records") { try text(folder.path("err")).contains("recording") }
      let client = try installation.client()
      try await until("it has ended") {
        try client.publish(traffic.events()[..<1].map { $0 }, to: installation.topology.eventsExchange, "e.t")
        return !process.isRunning
      }
      let words = try text(folder.path("err"))
      #expect(words.contains("standard output cannot be written: Broken pipe\nstatus 69\n"), "\(words)")
      #expect(try text(folder.path("out")) == traffic.events()[0] + "\n")
    }
  }

  @Test
  func
    `a recording that stands still costs the broker a bounded number of events, and says what it has lost`()
    async throws
  {
    try await withInstallation { installation in
      let recording = try await start(installation)
      kill(recording.id, SIGSTOP)
      let client = try installation.client()
      let count = 24_000
      let bodies = Array(repeating: Array("{\"n\":1}".utf8), count: count)
      for start in stride(from: 0, to: count, by: 4000) {
        try client.publish(
          bodies[start..<start + 4000].map { ($0, "e.t") }, to: installation.topology.eventsExchange)
      }
      #expect(try client.count(installation.topology.queue) == count)
      kill(recording.id, SIGCONT)
      // What is delivered and what waits is recorded.
      try await until("it has caught up") { recording.output.split(separator: "\n").count == 10_300 }
      recording.send(SIGTERM)
      #expect(try await recording.ending() == .exited(0))
      // Of the others, those are counted that the second queue has kept.
      let found = try #require(
        recording.errors.firstMatch(of: /dropped +at least ([0-9]+),([0-9]{3})\n/), "\(recording.errors)")
      let dropped = try #require(Int(found.1 + found.2))
      #expect(dropped >= 10_300 && dropped < count - 10_300)
    }
  }

  @Test func `the documented rights are enough, and after a lost connection it goes on`() async throws {
    let rabbit = try await RabbitServer.owned()
    try await withInstallation(rabbit: rabbit) { installation in
      let user = "recorder_\(installation.tap)"
      let rights = try BrokerPrivilegeTests.Rights(of: "update-recorder", installation.topology)
      try await rabbit.control("add_user", user, "s3cret")
      try await permit(rights, to: user, of: rabbit)
      let url = rabbit.url(user: user, password: "s3cret")
      let recording = try await start(installation, changing: ["RABBITMQ_URL": url])
      let client = try installation.client()
      try client.publish(traffic.events(count: 1), to: installation.topology.eventsExchange, "e.t")
      try await until("it is recorded") { recording.output.contains(traffic.events()[0]) }
      try await rabbit.control("close_all_user_connections", user, "test")
      try await recording.says("recording again; the events of")
      try client.publish(traffic.events(from: 1, count: 1), to: installation.topology.eventsExchange, "e.t")
      try await until("it goes on") { recording.output.contains(traffic.events()[1]) }
      #expect(recording.output.contains("\n# Events are missing here: for "))
      #expect(try await recording.terminate() == .exited(0))
      #expect(recording.errors.contains("gaps            1  ("), "\(recording.errors)")

      for kind in [\BrokerPrivilegeTests.Rights.configure, \.write, \.read] {
        for index in rights[keyPath: kind].indices {
          var fewer = rights
          fewer[keyPath: kind].remove(at: index)
          try await permit(fewer, to: user, of: rabbit)
          let refused = try installation.start(["record"], changing: ["RABBITMQ_URL": url])
          #expect(try await refused.ending() == .exited(64), "\(kind) \(index): \(refused.errors)")
          #expect(refused.errors.contains("set_permissions"), "\(kind) \(index): \(refused.errors)")
        }
      }
    }
  }

  private func permit(
    _ rights: BrokerPrivilegeTests.Rights, to user: String, of rabbit: RabbitServer
  ) async throws {
    try await rabbit.control(
      "set_permissions", user, BrokerPrivilegeTests.Rights.pattern(rights.configure),
      BrokerPrivilegeTests.Rights.pattern(rights.write), BrokerPrivilegeTests.Rights.pattern(rights.read))
  }

  @Test func `it reads from MongoDB only what its documented role allows`() async throws {
    let role = try SecurityDocument().actions(of: "chat3UpdateRecorder")
    try await withInstallation(mongo: try await MongoServer()) { installation in
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let recorder = try MongoRecorder(before: MongoRecorder.port(of: installation.mongoURI))
      let recording = try await start(
        installation, ["--with-state", "--limit", "4"],
        changing: ["MONGODB_URI": recorder.uri(instead: installation.mongoURI)])
      let client = try installation.client()
      let sections = [
        (1, "message.update", #""context":{"dialogId":"d","messageId":"m"}"#),
        (2, "message.status.update", #""message":{"messageId":"m","dialogId":"d"},"statusUpdate":{}"#),
        (3, "dialog.member.add", #""context":{"dialogId":"d"},"member":{"userId":"member1"}"#),
        (4, "message.create", #""message":{"messageId":"m","dialogId":"d","senderId":"s"}"#),
      ]
      try installation.database.insert(
        [#"{"tenantId":"t","messageId":"m","dialogId":"d"}"#], into: "messages")
      for (number, type, section) in sections {
        let event =
          #"{"_id":"\#(Traffic.id(number))","tenantId":"t","eventType":"\#(type)","data":{\#(section)}}"#
        try client.publish(Array(event.utf8), to: installation.topology.eventsExchange, "e.t")
      }
      #expect(try await recording.ending() == .exited(0), "\(recording.errors)")
      let free = ["hello", "isMaster", "ismaster", "ping", "endSessions", "killCursors", "buildInfo"]
      let commands = try recorder.commands().filter { !free.contains($0.name) }
      for command in commands {
        #expect(["find", "getMore"].contains(command.name))
        #expect(role[command.collection ?? ""] == ["find"], "\(command.collection ?? "")")
      }
      #expect(
        Set(commands.compactMap(\.collection)) == Set(role.keys), "the role grants nothing that is not used")
      recorder.close()
    }
  }
}
