import LiveHarness
import TestServers
import Testing

/// Servers that go and come back while the worker is at work (spec section 7.3).
@Suite(.timeLimit(.minutes(5)), .serialized) struct OutageTests {
  private enum Server: String, CaseIterable, CustomTestStringConvertible {
    case rabbit, mongo, both
    var testDescription: String { rawValue }
  }

  @Test(arguments: Server.allCases)
  private func `a server that restarts under load costs nothing`(server: Server) async throws {
    let (rabbit, mongo) = (try await RabbitServer(), try await MongoServer())
    try await withInstallation(rabbit: rabbit, mongo: mongo) { installation in
      let traffic = Traffic(events: 1500)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      try client.publish(traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      let worker = try installation.startWorker("--prefetch", "50")
      try await until("the worker publishes") { try client.count(installation.tap) > 100 }
      if server != .mongo { try await rabbit.crash() }
      if server != .rabbit { mongo.kill() }
      try await worker.says("waiting for a server")
      if server != .mongo { try await rabbit.start() }
      if server != .rabbit { try await mongo.start() }
      try await worker.says("the servers are back")
      try await until("everything is stored and published", within: .seconds(90)) {
        let stored = try await installation.storedUpdates()
        return stored.count >= traffic.due.count && stored.allSatisfy { $0.isPublished }
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
      #expect(worker.errors.split(separator: "waiting for a server").count <= 4, "\(worker.errors)")
    }
    try await rabbit.stop()
    mongo.stop()
  }

  @Test func `a worker that starts before its servers takes up work when they are there`() async throws {
    let (rabbit, mongo) = (try await RabbitServer(), try await MongoServer())
    try await withInstallation(rabbit: rabbit, mongo: mongo) { installation in
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
        try await installation.storedUpdates().count { $0.isPublished } == traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
    }
    try await rabbit.stop()
    mongo.stop()
  }
}
