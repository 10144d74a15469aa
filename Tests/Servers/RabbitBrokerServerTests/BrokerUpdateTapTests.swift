import BSON
import LiveHarness
import Pipeline
import TestServers
import TestTraits
import Testing
import Updates

@testable import RabbitBroker

@Suite(.bounded) struct BrokerUpdateTapTests {
  /// Lends a tap of a new exchange, to which a gateway's queue is bound too.
  private func withTap(
    bounds: TapBounds = BrokerUpdateTap.usualBounds, to keys: Set<String> = ["update.#"],
    _ body: (BrokerUpdateTap, BrokerClient, BrokerTopology) async throws -> Void
  ) async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let topology = configuration.topology
    let client = try BrokerClient(server)
    try client.declareExchange(topology.updatesExchange)
    try client.declareQueue(topology.queue)
    try client.bind(topology.queue, to: topology.updatesExchange, "update.#")
    let tap = BrokerUpdateTap(configuration, bounds: bounds)
    try await tap.connect(to: keys)
    try await body(tap, client, topology)
    await tap.close()
    try client.delete(queues: [topology.queue], exchanges: [topology.updatesExchange])
  }

  /// The body and the routing key of the message of an update.
  private func message(_ number: Int, for user: String = "ann", padding: Int = 0) -> (
    body: [UInt8], key: String
  ) {
    let id = String(repeating: "0", count: 23 - "\(number)".count) + "a\(number)"
    let body =
      #"{"_id":"\#(id)","tenantId":"t","userId":"\#(user)","entityId":"d","eventId":"\#(id)","#
      + #""eventType":"dialog.update","data":{"x":"\#(String(repeating: ".", count: padding))"},"published":true,"#
      + #""publishedAt":2,"createdAt":\#(number)}"#
    return (Array(body.utf8), "update.dialog.user.\(user).dialogupdate")
  }

  /// Takes updates until `isEnough`.
  private func tapped(from tap: BrokerUpdateTap, until isEnough: (TappedUpdates) -> Bool) async throws
    -> TappedUpdates
  {
    var all = TappedUpdates([], missed: 0)
    while !isEnough(all) {
      let tapped = try await tap.next(limit: 10)
      all.updates += tapped.updates
      all.missed += tapped.missed
    }
    return all
  }

  @Test func `gets the updates that its keys match, and those that it is bound to later`() async throws {
    try await withTap(to: ["update.#.ann.*"]) { tap, client, topology in
      try client.publish([message(1), message(2, for: "bob")], to: topology.updatesExchange)
      try await tap.bind(to: ["update.#.bob.*", "update.#.cid.*"])
      try client.publish(
        [message(3), message(4, for: "bob"), message(5, for: "cid")], to: topology.updatesExchange)
      let all = try await tapped(from: tap) { $0.updates.count == 3 }
      #expect(all.updates.map(\.createdAt) == [1, 4, 5] && all.missed == 0)
      #expect(all.updates.map(\.routingKey).last == "update.dialog.user.cid.dialogupdate")
      #expect(try client.count(topology.queue) == 5, "others get everything")
    }
  }

  @Test
  func `the oldest are dropped when they are not taken in time, and are counted like what is no update`()
    async throws
  {
    var bounds = BrokerUpdateTap.usualBounds
    (bounds.messages, bounds.prefetch) = (5, 2)
    try await withTap(bounds: bounds) { tap, client, topology in
      let all = (1...30).map { message($0) } + [(Array("no update".utf8), "update.x"), message(31)]
      try client.publish(all, to: topology.updatesExchange)
      let first = try await tapped(from: tap) { $0.updates.last?.createdAt == 31 }
      #expect(first.updates.map(\.createdAt) == [1, 2, 28, 29, 30, 31])
      var missed = first.missed
      while missed < 26 {
        // What was dropped is told with what comes next.
        try client.publish([message(32)], to: topology.updatesExchange)
        missed += try await tap.next(limit: 10).missed
      }
      #expect(missed == 26)
      #expect(try client.count(topology.queue) >= 32, "others get everything")
    }
  }

  @Test func `leaves nothing behind, and a new connection counts from there`() async throws {
    let rabbit = try await RabbitServer.owned()
    let configuration = try configuration(rabbit.endpoint)
    let client = try BrokerClient(rabbit.endpoint)
    try client.declareExchange(configuration.topology.updatesExchange)
    let tap = BrokerUpdateTap(configuration)
    for number in 1...2 {
      try await tap.connect(to: ["update.#"])
      let name = configuration.topology.queue + ".live."
      let queues = try await rabbit.control("list_queues", "name", "exclusive", "auto_delete", "arguments")
      let own = queues.split(separator: "\n").filter {
        $0.contains(name) && !$0.contains("dropped\t") && !$0.contains("uncounted\t")
      }
      #expect(
        own.count == 1 && own[0].contains("\ttrue\ttrue\t") && own[0].contains("drop-head"), "\(queues)")
      try client.publish([message(number)], to: configuration.topology.updatesExchange)
      #expect(try await tap.next(limit: 10).updates.map(\.createdAt) == [Double(number)])
      await tap.close()
      try await until("the queues are gone") {
        try await !rabbit.control("list_queues", "name").contains(name)
      }
    }
    try client.delete(queues: [], exchanges: [configuration.topology.updatesExchange])
  }
}
