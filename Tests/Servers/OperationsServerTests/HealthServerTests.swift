import Foundation
import LiveHarness
import Operations
import RabbitBroker
import TestServers
import TestTraits
import Testing
import Updates

/// The health of a live worker whose servers go and come back.
@Suite(.bounded, .serialized) struct HealthServerTests {
  private enum Server: String, CaseIterable, CustomTestStringConvertible {
    case rabbit, mongo
    var testDescription: String { rawValue }
    /// What reasons begin with when it is gone.
    var peers: [String] { self == .mongo ? ["mongodb: "] : ["consume: ", "publish: "] }
  }

  /// Only this suite uses this server; its tests run one after another.
  private static let mongo = Task { try await MongoServer() }

  private struct Unready: Decodable {
    let status: String
    let reasons: [String]
  }

  private static func reasons(_ answer: PlainHTTP.Answer) throws -> [String] {
    #expect(answer.status == 503)
    let unready = try JSONDecoder().decode(Unready.self, from: Data(answer.body.utf8))
    #expect(unready.status == "unready")
    return unready.reasons
  }

  @Test(arguments: Server.allCases)
  private func
    `an idle worker is not ready within a second of an outage, says who is gone, and is ready again by itself`(
      server: Server
    ) async throws
  {
    let mongo = try await Self.mongo.value
    try await withStoppableServers(mongo: mongo) { rabbit, installation in
      let worker = try installation.startWorker("--http", "127.0.0.1:0")
      _ = try await worker.isReady(true)
      #expect(try await worker.get("/health/started").status == 200)
      if server == .rabbit { try await rabbit.keepDeclarations() }
      let killed = ContinuousClock.now
      if server == .rabbit { try await rabbit.crash() } else { mongo.kill() }
      // What it takes to kill the server does not count, so the time is only an upper bound.
      let answer = try await worker.isReady(false, within: .seconds(10))
      let time = ContinuousClock.now - killed
      #expect(server == .rabbit || time < .seconds(1), "\(time)")
      let reasons = try Self.reasons(answer)
      #expect(reasons.contains { reason in server.peers.contains { reason.hasPrefix($0) } }, "\(reasons)")
      #expect(reasons.allSatisfy { !$0.contains("guest:guest") })
      #expect(try await worker.get("/health/live").status == 200)
      #expect(try await worker.get("/health/started").status == 200)
      let away = try await worker.metrics()
      #expect(away["connected{peer=\"\(server == .mongo ? "mongodb" : "consume")\"}"] == 0)
      let told =
        server == .mongo ? "MongoDB is down; nothing is in hand peer=mongodb" : "waiting for a server peer="
      try await worker.says(told)
      if server == .rabbit { try await rabbit.start() } else { try await mongo.start() }
      _ = try await worker.isReady(true)
      try await worker.says(server == .mongo ? "MongoDB is there again" : "the servers are back")
      let back = try await worker.metrics()
      for peer in server == .mongo ? ["mongodb"] : ["consume", "publish"] {
        #expect(back["connected{peer=\"\(peer)\"}"] == 1)
        #expect(back["reconnects_total{peer=\"\(peer)\"}"] == 1)
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test
  func `a MongoDB that takes requests and answers none shows within a second, and so does its first answer`()
    async throws
  {
    let mongo = try await Self.mongo.value
    try await withInstallation(mongo: mongo) { installation in
      let worker = try installation.startWorker("--http", "127.0.0.1:0")
      _ = try await worker.isReady(true)
      try mongo.freeze(true)
      let frozen = ContinuousClock.now
      let answer = try await worker.isReady(false, within: .seconds(10))
      let time = ContinuousClock.now - frozen
      #expect(time < .seconds(1), "\(time)")
      #expect(try Self.reasons(answer) == ["mongodb: MongoDB does not answer"])
      try await until("the metrics show it") {
        try await worker.metrics()["connected{peer=\"mongodb\"}"] == 0
      }
      try mongo.freeze(false)
      _ = try await worker.isReady(true, within: .seconds(2))
      #expect(try await worker.metrics()["connected{peer=\"mongodb\"}"] == 1)
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `an idle worker reconnects its publisher alone`() async throws {
    try await withStoppableServers(mongo: try await Self.mongo.value) { rabbit, installation in
      let worker = try installation.startWorker("--http", "127.0.0.1:0")
      _ = try await worker.isReady(true)
      let list = try await rabbit.control("list_connections", "pid", "client_properties")
      let line = list.split(separator: "\n").first { $0.contains("(updates)") }
      let pid = try #require(line?.split(separator: "\t").first)
      try await rabbit.control("close_connection", String(pid), "test")
      try await until("the publisher is connected again") {
        try await worker.metrics()["reconnects_total{peer=\"publish\"}"] == 1
      }
      _ = try await worker.isReady(true)
      #expect(try await worker.metrics()["reconnects_total{peer=\"consume\"}"] == 0)
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test
  func
    `while RabbitMQ takes no messages the worker is not ready, and a worker that stops says so to the end`()
    async throws
  {
    try await withStoppableServers(mongo: try await Self.mongo.value) { rabbit, installation in
      let traffic = Traffic(events: 4)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      let exchange = installation.topology.eventsExchange
      let worker = try installation.startWorker("--http", "127.0.0.1:0", "--grace-seconds", "3")
      _ = try await worker.isReady(true)
      try client.publish(traffic.events(), to: exchange, "dialog.update.t")
      try await until("the events are handled") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      // Without its mark, what is stored is published once more when its event comes again.
      let update = try #require(try await installation.storedUpdates().first)
      try installation.database.unmark([update])
      worker.send(SIGSTOP)
      try client.publish(traffic.events(count: 1), to: exchange, "dialog.update.t")
      try await rabbit.setMemoryAlarm(true)
      worker.send(SIGCONT)
      let blocked = try await worker.isReady(false, within: .seconds(10))
      let reasons = try Self.reasons(blocked)
      #expect(reasons.count == 1 && reasons[0].hasPrefix("publish: RabbitMQ takes no messages"), "\(reasons)")
      let metrics = try await worker.metrics()
      #expect(metrics["publishing_blocked"] == 1)
      #expect(metrics["connected{peer=\"publish\"}"] == 1)
      #expect(metrics["updates_unconfirmed"] == 1)
      #expect(metrics["events_in_hand"] == 1)
      #expect(metrics["lag_seconds"] ?? 0 > 1000)
      #expect(try await worker.get("/health/live").status == 200)
      try await rabbit.setMemoryAlarm(false)
      _ = try await worker.isReady(true)
      #expect(try await worker.metrics()["publishing_blocked"] == 0)

      // The same once more, and now the worker is asked to stop meanwhile.
      try await until("the update is marked") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      try installation.database.unmark([update])
      worker.send(SIGSTOP)
      try client.publish(traffic.events(count: 1), to: exchange, "dialog.update.t")
      try await rabbit.setMemoryAlarm(true)
      worker.send(SIGCONT)
      _ = try await worker.isReady(false, within: .seconds(10))
      worker.send(SIGTERM)
      try await worker.says("stopping")
      #expect(try Self.reasons(await worker.get("/health/ready")) == ["the worker is stopping"])
      #expect(try await worker.get("/health/live").status == 200)
      #expect(try await worker.get("/status").body.contains("\"role\" : \"stopping\""))
      #expect(try await worker.ending() == .exited(0), "\(worker.errors)")
      try await rabbit.setMemoryAlarm(false)
    }
  }

  @Test func `a worker that stands by is ready and says so; it becomes active when the other goes`()
    async throws
  {
    try await withInstallation(mongo: try await Self.mongo.value) { installation in
      let first = try installation.startWorker("--exclusive", "--http", "127.0.0.1:0")
      try await first.says("consuming the queue")
      let second = try installation.startWorker("--exclusive", "--http", "127.0.0.1:0")
      try await second.says("standing by")
      #expect(try await first.isReady(true).body == "{\"role\":\"active\"}\n")
      #expect(try await second.isReady(true).body == "{\"role\":\"standby\"}\n")
      #expect(try await first.metrics()["active"] == 1)
      #expect(try await second.metrics()["active"] == 0)
      #expect(try await first.terminate() == .exited(0), "\(first.errors)")
      try await second.says("consuming the queue")
      #expect(try await second.isReady(true).body == "{\"role\":\"active\"}\n")
      #expect(try await second.metrics()["active"] == 1)
      #expect(try await second.terminate() == .exited(0), "\(second.errors)")
    }
  }

  @Test func `a worker whose servers are not there yet is live and has not started`() async throws {
    let mongo = try await Self.mongo.value
    try await withInstallation(mongo: mongo) { installation in
      mongo.stop()
      let worker = try installation.startWorker("--http", "127.0.0.1:0")
      try await worker.says("waiting for a server")
      #expect(try await worker.get("/health/live").status == 200)
      #expect(try await worker.get("/health/started").status == 503)
      let reasons = try Self.reasons(await worker.get("/health/ready"))
      #expect(reasons.contains { $0.hasPrefix("mongodb: ") }, "\(reasons)")
      try await mongo.start()
      _ = try await worker.isReady(true)
      #expect(try await worker.get("/health/started").status == 200)
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `through an outage under load the counters still equal what was stored and published`()
    async throws
  {
    let mongo = try await Self.mongo.value
    try await withInstallation(mongo: mongo) { installation in
      let traffic = Traffic(events: 600)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      let worker = try installation.startWorker("--http", "127.0.0.1:0", "--prefetch", "50")
      try await worker.isReady()
      try client.publish(traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      try await until("the worker publishes") { try client.count(installation.tap) > 100 }
      mongo.kill()
      #expect(try Self.reasons(await worker.isReady(false)).contains { $0.hasPrefix("mongodb: ") })
      // The client library tries a look-up once more by itself. A server that came back that soon would be no outage.
      try await worker.says("waiting for a server")
      try await mongo.start()
      _ = try await worker.isReady(true)
      try await until("everything is published") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      let metrics = try await worker.metrics()
      let label = "{update_type=\"DialogUpdate\"}"
      let retries = metrics.filter { $0.key.hasPrefix("retries_total") }.values.reduce(0, +)
      #expect(retries >= 1)
      // A slice whose insert was cut off may be stored without the worker having heard of it.
      let stored = metrics["updates_stored_total" + label] ?? 0
      #expect(stored <= Double(traffic.due.count))
      #expect(stored + (metrics["updates_duplicate_total"] ?? 0) >= Double(traffic.due.count))
      #expect(metrics["updates_published_total" + label] == Double(try client.count(installation.tap)))
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }
}
