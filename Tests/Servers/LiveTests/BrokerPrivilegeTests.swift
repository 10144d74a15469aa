import TestTraits
import BSON
import LiveHarness
import RabbitBroker
import TestServers
import Testing

/// The worker with the rights that docs/security.md gives it, and with each of them taken away.
@Suite(.bounded) struct BrokerPrivilegeTests {
  /// What `rabbitmqctl set_permissions` is given: the names that a user may configure, write and read.
  struct Rights {
    var configure: [String]
    var write: [String]
    var read: [String]

    /// The rights that docs/security.md gives a user, with the names of this installation.
    init(of user: String, _ topology: BrokerTopology) throws {
      let documented = try SecurityDocument().permissions(of: user)
      func names(_ all: [String]) -> [String] {
        all.map {
          $0.replacing("chat3_events", with: topology.eventsExchange)
            .replacing("chat3_updates", with: topology.updatesExchange)
            .replacing("update_worker_queue", with: topology.queue)
        }
      }
      configure = names(documented.configure)
      write = names(documented.write)
      read = names(documented.read)
    }

    static func pattern(_ names: [String]) -> String {
      names.isEmpty ? "^$" : "^(\(names.map { $0.replacing(".", with: "\\.") }.joined(separator: "|")))$"
    }
  }

  private let traffic = Traffic(events: 5)
  private static let badEvent = "{\"no\":\"event\"}"

  /// Publishes good events and a bad one, and starts a worker as a new user with these rights.
  private func start(
    _ installation: Installation, _ rights: Rights, flags: [String] = [],
    changing changes: [String: String] = [:]
  ) async throws -> WorkerProcess {
    let user = installation.tap
    let rabbit = try await RabbitServer.owned()
    try await rabbit.control("add_user", user, "s3cret")
    try await rabbit.control(
      "set_permissions", user, Rights.pattern(rights.configure), Rights.pattern(rights.write),
      Rights.pattern(rights.read))
    try installation.database.insert(traffic.records, into: "dialogmembers")
    let client = try installation.client()
    try client.publish(traffic.events() + [Self.badEvent], to: installation.topology.eventsExchange, "e")
    let url = rabbit.url(user: user, password: "s3cret")
    return try installation.start(["run"] + flags, changing: changes.merging(["RABBITMQ_URL": url]) { $1 })
  }

  /// Waits until everything is handled, then stops the worker and checks the outcome.
  private func expectWork(of worker: WorkerProcess, _ installation: Installation) async throws {
    try await until("all is published; \(worker.errors)") {
      guard worker.isRunning else { throw TestServerError("the worker has ended: \(worker.errors)") }
      return try installation.database.updates(published: true) == traffic.due.count
        && installation.client().count(installation.topology.deadLetterQueue) == 1
    }
    #expect(try await worker.terminate() == .exited(0))
    let letters = try installation.client().drain(installation.topology.deadLetterQueue)
    #expect(letters.map(\.body) == [Array(Self.badEvent.utf8)])
    #expect(try await traffic.complaints(about: installation) == [])
  }

  @Test func `the documented rights are enough`() async throws {
    try await withInstallation(rabbit: try await RabbitServer.owned()) { installation in
      let worker = try await start(installation, try Rights(of: "update-worker", installation.topology))
      try await expectWork(of: worker, installation)
    }
  }

  @Test func `no right to declare is needed if everything is declared already`() async throws {
    try await withInstallation(rabbit: try await RabbitServer.owned()) { installation in
      var rights = try Rights(of: "update-worker", installation.topology)
      rights.configure = [installation.topology.queue + ".sweep"]
      let worker = try await start(installation, rights)
      try await expectWork(of: worker, installation)
    }
  }

  @Test func `where nothing is declared, few rights are left that it needs, alone on a quorum queue too`()
    async throws
  {
    try await withInstallation(rabbit: try await RabbitServer.owned(), queueType: .quorum) { installation in
      var rights = try Rights(of: "update-worker", installation.topology)
      rights.configure = [installation.topology.sweepQueue, installation.topology.ownerQueue]
      rights.write.removeAll { $0 == installation.topology.queue }
      rights.read.removeAll { $0 == installation.topology.eventsExchange }
      let passive = ["UPDATE_WORKER_TOPOLOGY": "passive"]
      let worker = try await start(installation, rights, flags: ["--exclusive"], changing: passive)
      try await expectWork(of: worker, installation)
    }
  }

  @Test(arguments: ["write", "read"], 0..<3)
  func `without one of its other rights it ends with 64 and names what it may not use`(
    kind: String, index: Int
  )
    async throws
  {
    try await withInstallation(rabbit: try await RabbitServer.owned()) { installation in
      var rights = try Rights(of: "update-worker", installation.topology)
      let name: String
      if kind == "write" {
        name = rights.write.remove(at: index)
      } else {
        guard index < rights.read.count else { return }
        name = rights.read.remove(at: index)
      }
      let worker = try await start(installation, rights)
      #expect(try await worker.ending() == .exited(64), "\(kind) \(name): \(worker.errors)")
      let last = worker.errors.split(separator: "\n").last.map(String.init) ?? ""
      for word in [name, kind, "set_permissions"] { #expect(last.contains(word), "\(kind) \(name): \(last)") }
    }
  }

  @Test func `a missing queue that it may not declare ends it with 64 and is named`() async throws {
    try await withInstallation(rabbit: try await RabbitServer.owned()) { installation in
      let other = "other_\(installation.tap)"
      let rabbit = try await RabbitServer.owned()
      try await rabbit.control("add_user", other, "s3cret")
      try await rabbit.control("set_permissions", other, "^$", ".*", ".*")
      let url = rabbit.url(user: other, password: "s3cret")
      let worker = try installation.startWorker("--queue", other, changing: ["RABBITMQ_URL": url])
      #expect(try await worker.ending() == .exited(64), "\(worker.errors)")
      let last = worker.errors.split(separator: "\n").last.map(String.init) ?? ""
      for word in [other, "configure", "set_permissions"] { #expect(last.contains(word), "\(last)") }
    }
  }

  @Test func `an operator's documented rights are enough for dead letters and republishing`() async throws {
    try await withInstallation(rabbit: try await RabbitServer.owned()) { installation in
      let rights = try Rights(of: "update-operator", installation.topology)
      let user = "operator_\(installation.tap)"
      let rabbit = try await RabbitServer.owned()
      try await rabbit.control("add_user", user, "s3cret")
      try await rabbit.control(
        "set_permissions", user, Rights.pattern(rights.configure), Rights.pattern(rights.write),
        Rights.pattern(rights.read))
      let url = rabbit.url(user: user, password: "s3cret")
      try installation.client().publish([Self.badEvent], to: "", installation.topology.deadLetterQueue)
      for arguments in [["dead-letters", "list"], ["dead-letters", "requeue", "--all"], ["republish"]] {
        let command = try installation.start(arguments + ["--rabbitmq-url", url])
        #expect(try await command.ending() == .exited(0), "\(arguments): \(command.errors)")
      }
      #expect(
        try installation.client().drain(installation.topology.queue).map(\.body) == [
          Array(Self.badEvent.utf8)
        ])
    }
  }

  @Test func `an onlooker's documented rights are enough for the live page and to read dead letters`()
    async throws
  {
    let rabbit = try await RabbitServer.owned()
    try await withInstallation(rabbit: rabbit) { installation in
      var rights = try Rights(of: "update-inspector", installation.topology)
      let user = "inspector_\(installation.tap)"
      try await rabbit.control("add_user", user, "s3cret")
      func live() async throws -> (process: WorkerProcess, port: Int, stream: PlainHTTP) {
        try await rabbit.control(
          "set_permissions", user, Rights.pattern(rights.configure), Rights.pattern(rights.write),
          Rights.pattern(rights.read))
        let process = try installation.start(
          ["web", "--store", installation.mongoURI, "--listen", "127.0.0.1:0", "--no-token"],
          changing: ["RABBITMQ_URL": rabbit.url(user: user, password: "s3cret")])
        try await process.says("pages about")
        let digits = process.output.split(separator: ":").last?.prefix { $0.isNumber }
        let port = try #require(digits.flatMap { Int($0) })
        let stream = try PlainHTTP(port: port)
        try stream.send("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return (process, port, stream)
      }
      let client = try installation.client()
      try client.publish([Self.badEvent], to: "", installation.topology.deadLetterQueue)
      let web = try await live()
      _ = try await web.stream.text { $0.contains("\"published\":{\"follows\":true") }
      let letters = try PlainHTTP.get("/api/v1/dead-letters?read=1", port: web.port)
      #expect(letters.status == 200 && letters.body.contains("no"), "\(letters.body)")
      rights.read.removeAll { $0 == installation.topology.updatesExchange }
      let refused = try await live()
      let told = try await refused.stream.text { $0.contains("set_permissions") }
      #expect(told.contains(installation.topology.updatesExchange), "\(told)")
    }
  }
}
