import BSON
import FaultInjection
import Foundation
import LiveHarness
import RabbitBroker
import TestKit
import TestServers
import TestTraits
import Testing

/// `doctor` on servers that only such a test may touch: their rights, certificates, alarms and ends.
@Suite(.bounded, .serialized) struct DoctorServerTests {
  private func expect(
    _ run: DoctorRun, _ check: String, _ severity: String, _ words: [String],
    location: SourceLocation = #_sourceLocation
  ) {
    let found = run.findings.contains { finding in
      finding.check == check && finding.severity == severity && words.allSatisfy { finding.text.contains($0) }
    }
    #expect(found, "\(check) \(words): \(run.findings)", sourceLocation: location)
    if severity == "failure" { #expect(run.ending == .exited(69), sourceLocation: location) }
  }

  @Test func `each right in RabbitMQ that is missing is named, and the documented ones are enough`()
    async throws
  {
    let rabbit = try await RabbitServer.owned()
    try await withInstallation(rabbit: rabbit) { installation in
      try await installation.furnish()
      let (user, topology) = (installation.tap, installation.topology)
      try await rabbit.control("add_user", user, DoctorCases.secret)
      func run(without change: (inout BrokerPrivilegeTests.Rights) -> Void) async throws -> DoctorRun {
        var rights = try BrokerPrivilegeTests.Rights(of: "update-worker", topology)
        change(&rights)
        try await rabbit.control(
          "set_permissions", user, BrokerPrivilegeTests.Rights.pattern(rights.configure),
          BrokerPrivilegeTests.Rights.pattern(rights.write), BrokerPrivilegeTests.Rights.pattern(rights.read))
        return try await DoctorRun(
          installation, changing: ["RABBITMQ_URL": rabbit.url(user: user, password: DoctorCases.secret)])
      }
      let whole = try await run { _ in }
      #expect(whole.complaints.isEmpty, "\(whole.complaints)")
      #expect(whole.ending == .exited(0))
      for (change, words) in [
        (
          { $0.configure = [] },
          ([topology.eventsExchange, topology.updatesExchange] + [topology.queue, topology.queue + ".dead"]
            + [topology.sweepQueue]).map { "configure \($0)." }
        ),
        (
          { $0.write = [] },
          [topology.updatesExchange, topology.queue, "amq.default"].map { "write to \($0)." }
        ),
        ({ $0.read = [] }, [topology.eventsExchange, topology.queue].map { "read from \($0)." }),
        ({ $0.write.removeAll { $0 == topology.queue } }, ["write to \(topology.queue)."]),
      ] as [((inout BrokerPrivilegeTests.Rights) -> Void, [String])] {
        let run = try await run(without: change)
        #expect(run.complaints.count == words.count, "\(run.complaints)")
        for word in words { expect(run, "rights", "failure", [word, "set_permissions"]) }
      }
    }
  }

  @Test func `it sends MongoDB nothing but bounded questions`() async throws {
    try await withInstallation { installation in
      try await installation.furnish()
      let recorder = try MongoRecorder(before: MongoRecorder.port(of: installation.mongoURI))
      let run = try await DoctorRun(
        installation, changing: ["MONGODB_URI": recorder.uri(instead: installation.mongoURI)])
      #expect(run.complaints.isEmpty, "\(run.complaints)")
      let commands = try recorder.commands()
      let questions: Set<String> = [
        "hello", "isMaster", "ismaster", "ping", "endSessions", "buildInfo", "connectionStatus",
        "listIndexes", "find",
      ]
      #expect(Set(commands.map(\.name)).subtracting(questions) == [])
      for command in commands where command.name == "find" {
        // What the dry run looks up is of one tenant; everything else has a bound of its own.
        if command.body["maxTimeMS"] == nil {
          #expect(command.body["filter"]?.document?["tenantId"]?.string == "t")
          continue
        }
        #expect((1...20).contains(command.body["limit"]?.integer ?? 0))
        #expect(command.body["maxTimeMS"]?.integer == 2000)
      }
      #expect(commands.contains { $0.name == "find" && $0.collection == "events" })
      recorder.close()
    }
  }

  @Test func `certificates that are over, nearly over, or of an unknown authority are told apart`()
    async throws
  {
    let folder = try TemporaryFolder()
    let rabbit = try await RabbitServer.owned()
    let good = try await TestCertificates(in: folder.path("good"), host: "localhost")
    let long = try await TestCertificates(in: folder.path("long"), host: "localhost", serverDays: 90)
    let expired = try await TestCertificates(in: folder.path("expired"), host: "localhost", serverDays: -1)
    try await withInstallation(rabbit: rabbit) { installation in
      try await installation.furnish()
      let mongo = try MongoRecorder.port(of: installation.mongoURI)
      func run(_ certificates: TestCertificates, authority: String? = nil) async throws -> DoctorRun {
        let authority = authority ?? certificates.authority
        let ends = try await [rabbit.port, mongo].asyncMap {
          try await TLSTerminator(before: $0, certificates: certificates)
        }
        return try await DoctorRun(
          installation,
          changing: [
            "RABBITMQ_URL": "amqps://guest:guest@localhost:\(ends[0].port)/?cacertfile=\(authority)",
            "MONGODB_URI": installation.mongoURI(
              host: "localhost", port: ends[1].port, options: "tls=true&tlsCAFile=\(authority)"),
          ])
      }
      let sound = try await run(long)
      #expect(sound.complaints.isEmpty, "\(sound.complaints)")
      let soon = try await run(good)
      #expect(soon.complaints.map(\.check) == ["certificate", "certificate"])
      expect(soon, "certificate", "warning", ["ends on", "in 1 day", "Renew"])
      let over = try await run(expired)
      #expect(over.complaints.count == 4, "\(over.complaints)")
      expect(over, "certificate", "failure", ["ended on"])
      expect(over, "reachable", "failure", ["RabbitMQ", "not trusted or not valid"])
      expect(over, "reachable", "failure", ["MongoDB", "certificate"])
      let unknown = try await run(long, authority: good.authority)
      #expect(unknown.complaints.map(\.check) == ["reachable", "reachable"], "\(unknown.complaints)")
      expect(unknown, "reachable", "failure", ["cacertfile"])
      expect(unknown, "reachable", "failure", ["tlsCAFile"])
    }
  }

  @Test func `the management plugin tells bindings and delivery limits, and an alarm is noticed`()
    async throws
  {
    let management = try LoopbackPort.free()
    let rabbit = try await RabbitServer(
      settings: ["management.tcp.ip = 127.0.0.1", "management.tcp.port = \(management)"],
      plugins: ["rabbitmq_management"])
    try await withInstallation(rabbit: rabbit) { installation in
      try await installation.furnish()
      try await until("the management plugin listens") { try LoopbackPort.isOpen(management) }
      let flags = ["--management-port", "\(management)"]
      expect(try await DoctorRun(installation, flags: flags), "binding", "ok", ["gets every event (#)"])
      let loose = installation.topology.queue + "_loose"
      try installation.client().declareQueue(loose, timeToLive: BrokerTopology.timeToLive)
      let unbound = try await DoctorRun(installation, flags: flags, changing: ["UPDATE_WORKER_QUEUE": loose])
      expect(unbound, "binding", "failure", ["not bound to the events exchange"])
      let quorum = installation.topology.queue + "_quorum"
      let client = try installation.client()
      try client.declareQueue(quorum, timeToLive: BrokerTopology.timeToLive, isQuorum: true)
      try client.declareQueue("\(quorum).dead", isQuorum: true, deliveryLimit: 7)
      try client.bind(quorum, to: installation.topology.eventsExchange, "#")
      try await rabbit.control(
        "set_policy", "limit", "^\(quorum)$", #"{"delivery-limit":5000}"#, "--apply-to", "queues")
      // The plugin shows a policy only with the next figures of its queue, which come every five seconds.
      try await until("the plugin shows the policy") {
        let limited = try await DoctorRun(
          installation, flags: flags,
          changing: ["UPDATE_WORKER_QUEUE": quorum, "UPDATE_WORKER_QUEUE_TYPE": "quorum"])
        expect(
          limited, "delivery limit", "warning", ["a dead letter after it has come back 7 times", "1000000"])
        return limited.findings.contains { $0.text.contains("\(quorum) delivers an event 5000 times") }
      }
      try await rabbit.setMemoryAlarm(true)
      let blocked = try await DoctorRun(installation, flags: flags)
      expect(blocked, "alarms", "failure", ["takes no messages", "memory"])
    }
  }

  @Test(arguments: [(1000, "connectionStatus"), (1500, "listIndexes")])
  func `a server that dies meanwhile is a finding`(bytes: Int, command: String) async throws {
    let rabbit = try await RabbitServer.owned()
    try await withInstallation(rabbit: rabbit) { installation in
      try await installation.furnish()
      let mongo = try MongoRecorder.port(of: installation.mongoURI)
      let proxies = try [rabbit.port, mongo].map { try FaultProxy(of: $0) }
      // A server that were back at once would answer a question that libmongoc asks again by itself. How many bytes it has
      // sent until then depends on how often libmongoc has asked for its state.
      proxies[0].end(.reset, after: bytes, .toClient, isForGood: true)
      proxies[1].endForGood(.reset, insteadOf: command)
      let run = try await DoctorRun(
        installation,
        changing: [
          "RABBITMQ_URL": "amqp://guest:guest@127.0.0.1:\(proxies[0].port)/",
          "MONGODB_URI": installation.mongoURI(port: proxies[1].port),
        ])
      for proxy in proxies {
        #expect(!proxy.isEndingPlanned, "doctor does not get as far as that")
        proxy.close()
      }
      for server in ["RabbitMQ", "MongoDB"] {
        expect(run, "reachable", "failure", ["\(server) stopped answering while doctor looked"])
      }
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
