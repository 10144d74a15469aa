import RabbitBroker
import Updates
import TestTraits
import Foundation
import LiveHarness
import TestServers
import Testing

/// A worker that ends under load, by a signal or a crash (spec sections 7.4 and 7.5).
@Suite(.bounded) struct ShutdownTests {
  private static let traffic = Traffic(events: 1500)

  /// Lends an installation with all events of the traffic in the queue.
  private func withEvents(
    _ body: (Installation, BrokerClient) async throws -> Void
  ) async throws {
    try await withInstallation(isBusy: true) { installation in
      try installation.database.insert(Self.traffic.records, into: "dialogmembers")
      let client = try installation.client()
      try client.publish(Self.traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      try await body(installation, client)
    }
  }

  /// Runs a worker until all events are handled, then stops it.
  private func finish(_ installation: Installation, _ client: BrokerClient) async throws {
    let worker = try installation.startWorker()
    try await worker.isReady()
    try await until("the queue is empty and everything is stored", within: .seconds(60)) {
      guard try client.count(installation.topology.queue) == 0 else { return false }
      return try installation.database.updates() >= Self.traffic.due.count
    }
    #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
  }

  @Test func `SIGTERM finishes the round, gives back the rest and exits with 0; another worker goes on`()
    async throws
  {
    try await withEvents { installation, client in
      let worker = try installation.startWorker("--prefetch", "50")
      try await until("the worker publishes") { try client.count(installation.tap) > 100 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      // The worker holds nothing any more: each event is either handled or in the queue.
      let left = try client.count(installation.topology.queue)
      let stored = try await installation.storedUpdates()
      #expect(left > 0, "the load was too small for the test")
      #expect(stored.count == (Self.traffic.count - left) * Self.traffic.members.count)
      #expect(stored.allSatisfy { $0.isPublished })
      #expect(try client.count(installation.tap) == stored.count)
      try await finish(installation, client)
      // An orderly shutdown causes no second publication.
      #expect(try client.count(installation.tap) == Self.traffic.due.count)
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `a second signal ends the worker at once, and nothing is lost`() async throws {
    try await withEvents { installation, client in
      let worker = try installation.startWorker()
      try await until("the worker publishes") { try client.count(installation.tap) > 100 }
      worker.send(SIGTERM)
      try await worker.says("stopping")
      worker.send(SIGINT)
      let ending = try await worker.ending(within: .seconds(10))
      #expect(ending == .killed(SIGINT) || ending == .exited(0))
      try await finish(installation, client)
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test(arguments: [1, 150, 700])
  func `after kill -9 in the middle of a round each event has exactly its updates`(published: Int)
    async throws
  {
    try await withEvents { installation, client in
      for part in 1...2 {
        let worker = try installation.startWorker()
        // A worker that was killed late has left fewer events than that.
        let goal = min(try client.count(installation.tap) + published, Self.traffic.due.count)
        try await until("the worker publishes, part \(part)") { try client.count(installation.tap) >= goal }
        try await worker.kill()
      }
      try await finish(installation, client)
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `two workers share the queue`() async throws {
    try await withEvents { installation, client in
      let workers = try (0..<2).map { _ in try installation.startWorker("--prefetch", "20") }
      for worker in workers { try await worker.isReady() }
      try await until("all is stored") {
        try installation.database.updates() >= Self.traffic.due.count
      }
      for worker in workers { #expect(try await worker.terminate() == .exited(0), "\(worker.errors)") }
      #expect(try client.count(installation.tap) == Self.traffic.due.count)
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `a worker that stands by takes the place of an exclusive worker`() async throws {
    try await withInstallation(isBusy: true) { installation in
      let traffic = Traffic(events: 200)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      let first = try installation.startWorker("--exclusive")
      try await first.says("consuming the queue")
      let second = try installation.startWorker("--exclusive")
      try await second.says("standing by")
      let exchange = installation.topology.eventsExchange
      try client.publish(traffic.events(count: 100), to: exchange, "dialog.update.t")
      try await until("the first has done its part") { try client.count(installation.tap) == 200 }
      #expect(!second.errors.contains("consuming the queue"))
      let third = try installation.startWorker("--exclusive")
      try await third.says("standing by")
      #expect(try await third.terminate() == .exited(0), "\(third.errors)")
      try await first.kill()
      try client.publish(traffic.events(from: 100), to: exchange, "dialog.update.t")
      try await second.says("consuming the queue")
      try await until("the second has done the rest") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      #expect(try await second.terminate() == .exited(0), "\(second.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }
}
