import LiveHarness
import Maintenance
import TestServers
import TestTraits
import Testing

@testable import RabbitBroker

@Suite(.bounded) struct BrokerEventTapTests {
  /// Lends a tap of a new exchange, to which a queue of a worker is bound too.
  private func withTap(
    _ pattern: String = "#", bounds: TapBounds = TapBounds(),
    _ body: (BrokerEventTap, BrokerClient, BrokerTopology) async throws -> Void
  ) async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let topology = configuration.topology
    let client = try BrokerClient(server)
    try client.declareExchange(topology.eventsExchange)
    try client.declareQueue(topology.queue)
    try client.bind(topology.queue, to: topology.eventsExchange, "#")
    let tap = BrokerEventTap(configuration, pattern: pattern, bounds: bounds)
    try await tap.connect()
    try await body(tap, client, topology)
    await tap.close()
    try client.delete(queues: [topology.queue], exchanges: [topology.eventsExchange])
  }

  /// Takes events until there are `count`.
  private func events(_ count: Int, from tap: BrokerEventTap) async throws -> [String] {
    var events: [String] = []
    while events.count < count {
      events += try await tap.next(limit: count - events.count).map { String(decoding: $0, as: UTF8.self) }
    }
    return events
  }

  @Test func `gets what matches its pattern, and the worker's queue gets everything`() async throws {
    try await withTap("message.#") { tap, client, topology in
      let messages = [("1", "message.create.t"), ("2", "dialog.update.t"), ("3", "message.update.t")]
      try client.publish(messages.map { (Array($0.0.utf8), $0.1) }, to: topology.eventsExchange)
      #expect(try await events(2, from: tap) == ["1", "3"])
      #expect(try client.count(topology.queue) == 3)
      #expect(await tap.dropped() == DroppedEvents(count: 0, isLowerBound: false))
    }
  }

  @Test func `gets more than the prefetch, and nothing after its release`() async throws {
    var bounds = TapBounds()
    bounds.prefetch = 3
    try await withTap(bounds: bounds) { tap, client, topology in
      try client.publish((1...10).map { "\($0)" }, to: topology.eventsExchange, "e")
      #expect(try await events(10, from: tap) == (1...10).map { "\($0)" })
      async let end = tap.next(limit: 10)
      try await tap.release()
      #expect(try await end == [])
    }
  }

  @Test(arguments: [true, false])
  func `the oldest events are dropped when there are too many of them or they are too large, and are counted`(
    isByCount: Bool
  ) async throws {
    var bounds = TapBounds()
    bounds.prefetch = 2
    if isByCount { bounds.messages = 5 } else { bounds.bytes = 5 * 1000 }
    try await withTap(bounds: bounds) { tap, client, topology in
      let all = (10..<40).map { "\($0)" + String(repeating: ".", count: 998) }
      try client.publish(all, to: topology.eventsExchange, "e")
      // Two are delivered, five wait, the others are dropped as they come.
      try await until("all have come") { await tap.dropped().count == 23 }
      #expect(try await events(7, from: tap) == all.prefix(2) + all.suffix(5))
      #expect(await tap.dropped() == DroppedEvents(count: 23, isLowerBound: false))
      #expect(try client.count(topology.queue) == 30)
    }
  }

  @Test func `leaves nothing behind`() async throws {
    let rabbit = try await RabbitServer.owned()
    let configuration = try configuration(rabbit.endpoint)
    let client = try BrokerClient(rabbit.endpoint)
    try client.declareExchange(configuration.topology.eventsExchange)
    let tap = BrokerEventTap(configuration, pattern: "#")
    try await tap.connect()
    let name = configuration.topology.queue + ".record."
    #expect(try await rabbit.control("list_queues", "name").contains(name))
    #expect(try await rabbit.control("list_exchanges", "name").contains(name))
    await tap.close()
    try await until("queues and exchange are gone") {
      let queues = try await rabbit.control("list_queues", "name")
      let exchanges = try await rabbit.control("list_exchanges", "name")
      return !queues.contains(name) && !exchanges.contains(name)
    }
    try client.delete(queues: [], exchanges: [configuration.topology.eventsExchange])
  }

  @Test func `without the exchange of the events it cannot be had, and another attempt may help`()
    async throws
  {
    let tap = BrokerEventTap(try configuration(try await RabbitServer.shared()), pattern: "#")
    let error = try await brokerError { try await tap.connect() }
    #expect(error.code == .notFound && error.isRetryable, "\(error)")
  }
}
