import RabbitBroker
import TestTraits
import LiveHarness
import TestServers
import Testing

/// Servers that go down and come back while the worker runs (spec section 7.3).
@Suite(.bounded, .serialized) struct OutageTests {
  private enum Server: String, CaseIterable, CustomTestStringConvertible {
    case rabbit, mongo, both
    var testDescription: String { rawValue }
  }

  /// Only this suite uses this server; its tests run one after another.
  private static let mongo = Task { try await MongoServer(.fast) }

  @Test(arguments: Server.allCases)
  private func `nothing is lost when a server restarts under load`(server: Server) async throws {
    let mongo = try await Self.mongo.value
    try await withStoppableServers(mongo: mongo) { rabbit, installation in
      let traffic = Traffic(events: 600)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      if server != .mongo { try await rabbit.keepDeclarations() }
      // A worker that had nothing left to do would not notice that MongoDB is gone.
      let late = server == .mongo ? 50 : 0
      try client.publish(
        traffic.events(count: 600 - late), to: installation.topology.eventsExchange, "dialog.update.t")
      let worker = try installation.startWorker("--prefetch", "50")
      try await until("the worker publishes") { try client.count(installation.tap) > 100 }
      if server != .mongo { try await rabbit.crash() }
      if server != .rabbit { mongo.kill() }
      if late > 0 {
        try client.publish(
          traffic.events(from: 600 - late), to: installation.topology.eventsExchange, "dialog.update.t")
      }
      try await worker.says("waiting for a server")
      if server != .mongo { try await rabbit.start() }
      if server != .rabbit { try await mongo.start() }
      try await worker.says("the servers are back")
      try await until("everything is stored and published", within: .seconds(90)) {
        try installation.database.updates(published: true) >= traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      let complaints = try await traffic.complaints(about: installation)
      #expect(complaints == [])
      #expect(worker.errors.split(separator: "waiting for a server").count <= 4, "\(worker.errors)")
    }
  }

  @Test func `a worker that starts before its servers begins to work when they are up`() async throws {
    let mongo = try await Self.mongo.value
    try await withStoppableServers(mongo: mongo) { rabbit, installation in
      let traffic = Traffic(events: 10)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try installation.client().publish(
        traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      try await rabbit.stop()
      mongo.stop()
      let worker = try installation.startWorker()
      try await worker.says("waiting for a server")
      try await mongo.start()
      try await rabbit.start()
      try await worker.isReady()
      try await until("everything is stored and published") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }

  /// A memory alarm makes publishers wait without closing their connections.
  @Test(arguments: [false, true])
  func `a worker waits only as long as the server takes no messages`(isStopped: Bool) async throws {
    try await withStoppableServers(mongo: try await Self.mongo.value) { rabbit, installation in
      let traffic = Traffic(events: 300)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try installation.client().publish(
        traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      try await rabbit.setMemoryAlarm(true)
      var worker = try installation.startWorker("--grace-seconds", "1")
      try await worker.says("RabbitMQ takes no messages")
      if isStopped {
        // No round can be finished: the grace period ends the worker, and all events go back.
        #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
        #expect(worker.errors.contains("the grace period is over"))
      }
      try await rabbit.setMemoryAlarm(false)
      if isStopped {
        worker = try installation.startWorker()
      } else {
        try await worker.says("RabbitMQ takes messages again")
      }
      try await until("everything is stored and published") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }
}
