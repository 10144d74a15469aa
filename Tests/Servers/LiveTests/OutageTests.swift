import RabbitBroker
import TestTraits
import LiveHarness
import TestServers
import Testing

/// Servers that go and come back while the worker is at work (spec section 7.3).
@Suite(.bounded, .serialized) struct OutageTests {
  private enum Server: String, CaseIterable, CustomTestStringConvertible {
    case rabbit, mongo, both
    var testDescription: String { rawValue }
  }

  /// Servers of this suite alone, whose tests run one after the other.
  private static let servers = Task { (try await RabbitServer(), try await MongoServer()) }

  @Test(arguments: Server.allCases)
  private func `a server that restarts under load costs nothing`(server: Server) async throws {
    let (rabbit, mongo) = try await Self.servers.value
    try await withInstallation(rabbit: rabbit, mongo: mongo) { installation in
      let traffic = Traffic(events: 600)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      if server != .mongo { try await rabbit.keepDeclarations() }
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
        try installation.database.updates(published: true) >= traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      let complaints = try await traffic.complaints(about: installation)
      #expect(complaints == [])
      #expect(worker.errors.split(separator: "waiting for a server").count <= 4, "\(worker.errors)")
    }
  }

  @Test func `a worker that starts before its servers takes up work when they are there`() async throws {
    let (rabbit, mongo) = try await Self.servers.value
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
        try installation.database.updates(published: true) == traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }

  /// An alarm stops whoever publishes, without ending a connection.
  @Test(arguments: [false, true])
  func `a server that takes no messages holds the worker up, no longer`(isStopped: Bool) async throws {
    let (rabbit, mongo) = try await Self.servers.value
    try await withInstallation(rabbit: rabbit, mongo: mongo) { installation in
      let traffic = Traffic(events: 300)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try installation.client().publish(
        traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      try await rabbit.setMemoryAlarm(true)
      var worker = try installation.startWorker("--grace-seconds", "1")
      try await worker.says("RabbitMQ takes no messages")
      if isStopped {
        // Nothing can be finished: the grace period ends it, and everything is given back.
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
