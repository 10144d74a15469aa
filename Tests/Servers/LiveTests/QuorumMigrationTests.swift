import LiveHarness
import RabbitBroker
import TestServers
import TestTraits
import Testing

/// What docs/quorum-queues.md tells to do, step by step, with events coming in at each of them.
@Suite(.bounded) struct QuorumMigrationTests {
  private let traffic = Traffic(events: 60)

  @Test(arguments: [false, true])
  func `a worker goes over to a quorum queue, and no event is lost; in order, if the new worker starts last`(
    keepsOrder: Bool
  ) async throws {
    let rabbit = try await RabbitServer.owned()
    try await withInstallation(rabbit: rabbit, queueType: .quorum) { installation in
      let topology = installation.topology
      let client = try installation.client()
      // Only the old queue is there at first.
      try client.delete(queues: [topology.queue, topology.deadLetterQueue], exchanges: [])
      let old = topology.queue + "_old"
      let former = ["UPDATE_WORKER_QUEUE": old, "UPDATE_WORKER_QUEUE_TYPE": "classic"]
      let order = "order_\(installation.tap)"
      try client.declareQueue(order)
      try client.bind(order, to: topology.updatesExchange, "update.#")
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let worker = try installation.startWorker(changing: former)
      try await worker.isReady()
      var sent = 0
      func send(_ count: Int) throws {
        try client.publish(
          traffic.events(from: sent, count: count), to: topology.eventsExchange, "dialog.update.t")
        sent += count
      }
      func allIsPublished() async throws {
        try await until("all is published") {
          try installation.database.updates(published: true) == sent * traffic.members.count
        }
      }
      try send(10)

      // 2. The new queue gets every event, too.
      var next: WorkerProcess?
      if keepsOrder {
        try client.declareQueue(topology.queue, timeToLive: BrokerTopology.timeToLive, isQuorum: true)
        try client.bind(topology.queue, to: topology.eventsExchange, "#")
      } else {
        next = try installation.startWorker()
        try await next?.isReady()
      }
      try send(20)
      try client.publish(["bad"], to: topology.eventsExchange, "x")

      // 3. The old dead letters.
      try await until("the bad event is buried") { try client.count("\(old).dead") == 1 }
      let letters = try installation.start(["dead-letters", "drop", "--all", "--yes"], changing: former)
      #expect(try await letters.ending() == .exited(0), "\(letters.errors)")

      // 4. The old queue gets no more events and is emptied.
      try client.unbind(old, from: topology.eventsExchange, "#")
      try send(10)
      try await until("the old queue is empty") { try client.count(old) == 0 }

      // 5. The workers change places.
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      try send(10)
      if keepsOrder { next = try installation.startWorker() }
      try await allIsPublished()

      // 6. The old queues go.
      for queue in [old, "\(old).dead"] { try await rabbit.control("delete_queue", queue, "--if-empty") }
      try send(10)
      try await allIsPublished()
      #expect(try await next?.terminate() == .exited(0), "\(next?.errors ?? "")")

      let again = try client.drain(topology.deadLetterQueue)
      #expect(again.map(\.body) == [Array("bad".utf8)], "the bad event came by both queues")
      #expect(try await traffic.complaints(about: installation) == [])
      let messages = try client.drain(order)
      for member in traffic.members {
        let events = messages.filter { $0.headers["userId"] == member }.compactMap { $0.headers["eventId"] }
        if keepsOrder { #expect(events == events.sorted() && events.count == traffic.count) }
      }
    }
  }
}
