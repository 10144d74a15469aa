import TestTraits
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing

@testable import RabbitBroker

@Suite(.bounded) struct BrokerEventSourceTests {
  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `connecting declares exchanges, queue, binding and dead letters, and does so again`(
    _ type: BrokerTopology.QueueType
  ) async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server, type: type)
    let topology = configuration.topology
    let source = BrokerEventSource(configuration)
    try await source.connect()
    try await source.connect()
    let client = try BrokerClient(server)
    // Declaring them with the same arguments succeeds; with others the server would close the channel.
    try client.declareExchange(topology.eventsExchange, type: "topic")
    try client.declareExchange(topology.updatesExchange, type: "topic")
    try client.declareQueue(topology.queue, timeToLive: 3_600_000, isQuorum: type == .quorum)
    try client.declareQueue(topology.queue + ".dead", isQuorum: type == .quorum)
    try client.publish(Array("{}".utf8), to: topology.eventsExchange, "message.create.tenant")
    #expect(try await source.next(limit: 10).map(\.text) == ["{}"])
    await source.close()
  }

  @Test func `returns deliveries in order, up to the limit, with their tags, headers and routing keys`()
    async throws
  {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    for number in 1...5 {
      try client.publish(
        Array("\(number)".utf8), to: configuration.topology.eventsExchange, "key.\(number)",
        headers: ["traceparent": "00-p", "tracestate": "s=\(number)"])
    }
    let deliveries = try await events(5, from: source)
    #expect(deliveries.map(\.text) == ["1", "2", "3", "4", "5"])
    #expect(deliveries.map(\.tag) == [1, 2, 3, 4, 5])
    #expect(deliveries.allSatisfy { !$0.isRedelivered && $0.trace.parent == "00-p" })
    #expect(deliveries[4].trace.state == "s=5")
    #expect(deliveries[4].origin?.routingKey == "key.5")
    #expect(deliveries[4].origin?.exchange == configuration.topology.eventsExchange)
    await source.close()
  }

  @Test func `holds no more unacknowledged events than the prefetch, and gets more after an acknowledgement`()
    async throws
  {
    let server = try await RabbitServer.shared()
    var configuration = try configuration(server)
    configuration.prefetch = 3
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    for number in 1...7 {
      try client.publish(Array("\(number)".utf8), to: configuration.topology.eventsExchange, "k")
    }
    _ = try await events(3, from: source)
    #expect(try client.count(configuration.topology.queue) == 4)
    let waiting = Task { try await events(3, from: source) }
    try await source.acknowledge([1, 2, 3])
    #expect(try await waiting.value.map(\.text) == ["4", "5", "6"])
    #expect(try client.count(configuration.topology.queue) == 1)
    await source.close()
  }

  @Test func `events that were not acknowledged are redelivered, marked, under new tags`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    for number in 1...4 {
      try client.publish(Array("\(number)".utf8), to: configuration.topology.eventsExchange, "k")
    }
    _ = try await events(4, from: source)
    try await source.acknowledge([1, 2])
    try await source.connect()
    let again = try await events(2, from: source)
    #expect(again.map(\.text) == ["3", "4"])
    #expect(again.map(\.isRedelivered) == [true, true])
    #expect(again.map(\.tag) == [5, 6])
    // An acknowledgement that belongs to the earlier connection must not reach the new one.
    try await source.acknowledge([4])
    try await source.connect()
    #expect(try await events(2, from: source).map(\.text) == ["3", "4"])
    try await source.acknowledge([7, 8])
    await source.close()
    #expect(try client.count(configuration.topology.queue) == 0)
  }

  @Test func `an event may fill several frames, or be empty`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    let body = (0..<500_000).map { UInt8(truncatingIfNeeded: $0) }
    try client.publish(body, to: configuration.topology.eventsExchange, "k")
    try client.publish([UInt8](), to: configuration.topology.eventsExchange, "k")
    let deliveries = try await events(2, from: source)
    guard case .json(let large) = deliveries[0].content, case .json(let empty) = deliveries[1].content else {
      Issue.record("a delivery holds no JSON text")
      return
    }
    #expect(large == body)
    #expect(empty.isEmpty)
    await source.close()
  }

  @Test func `a cancelled wait ends at once, and the next one works`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let waiting = Task { try await source.next(limit: 1) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    let client = try BrokerClient(server)
    try client.publish(Array("1".utf8), to: configuration.topology.eventsExchange, "k")
    #expect(try await source.next(limit: 1).map(\.text) == ["1"])
    await source.close()
  }

  @Test func `after release nothing more comes, earlier deliveries can be acknowledged, the rest goes back`()
    async throws
  {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    for number in 1...3 {
      try client.publish(Array("\(number)".utf8), to: configuration.topology.eventsExchange, "k")
    }
    let first = try await source.next(limit: 1)
    try await source.release()
    #expect(try await source.next(limit: 10).isEmpty)
    try await source.acknowledge([first[0].tag])
    await source.close()
    #expect(try client.count(configuration.topology.queue) == 2)
    let waiting = Task { try await source.next(limit: 1) }
    await #expect(throws: BrokerError.self) { try await waiting.value }
  }

  @Test func `release ends a wait`() async throws {
    let server = try await RabbitServer.shared()
    let source = BrokerEventSource(try configuration(server))
    try await source.connect()
    let waiting = Task { try await source.next(limit: 1) }
    try await source.release()
    #expect(try await waiting.value.isEmpty)
    await source.close()
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `an exclusive consumer makes others stand by until it closes`(
    _ type: BrokerTopology.QueueType
  ) async throws {
    let server = try await RabbitServer.shared()
    var configuration = try configuration(server, type: type)
    configuration.isExclusive = true
    configuration.standByPause = .milliseconds(50)
    let first = BrokerEventSource(configuration)
    try await first.connect()
    let notices = Notices()
    configuration.onNotice = { notices.note($0) }
    let second = BrokerEventSource(configuration)
    try await second.connect()
    await notices.wait { $0 == .standingBy }
    #expect(await first.isConsuming)
    #expect(await !second.isConsuming)
    let waiting = Task { try await second.next(limit: 1) }
    await first.close()
    await notices.wait { $0 == .consuming }
    let client = try BrokerClient(server)
    try client.publish(Array("1".utf8), to: configuration.topology.eventsExchange, "k")
    #expect(try await waiting.value.map(\.text) == ["1"])
    await second.close()
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func
    `an exclusive consumer that is released keeps the queue, so that nothing overtakes what it has in hand`(
      _ type: BrokerTopology.QueueType
    ) async throws
  {
    let server = try await RabbitServer.shared()
    var configuration = try configuration(server, type: type)
    configuration.isExclusive = true
    configuration.standByPause = .milliseconds(50)
    let first = BrokerEventSource(configuration)
    try await first.connect()
    let client = try BrokerClient(server)
    for text in ["1", "2"] {
      try client.publish(Array(text.utf8), to: configuration.topology.eventsExchange, "k")
    }
    let inHand = try await first.next(limit: 1)
    try await first.release()
    let second = BrokerEventSource(configuration)
    try await second.connect()
    #expect(await !second.isConsuming)
    try await first.acknowledge([inHand[0].tag])
    await first.close()
    #expect(try await second.next(limit: 2).map(\.text) == ["2"])
    await second.close()
  }

  @Test func `a queue that is deleted ends the wait with an outage`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let waiting = Task { try await source.next(limit: 1) }
    try BrokerClient(server).delete(queue: configuration.topology.queue)
    let error = try await brokerError { _ = try await waiting.value }
    #expect(error.code == .consumerCancelled)
    #expect(error.isRetryable)
    try await source.connect()
    #expect(await source.isConsuming)
    await source.close()
  }
}
