import TestTraits
import BSON
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing
import Updates

@testable import RabbitBroker

/// How operators read, requeue and drop dead letters.
@Suite(.bounded) struct DeadLetterQueueTests {
  /// Lends a dead-letter queue of `count` letters with bodies of one byte: 1, 2, and so on.
  private func withLetters(
    _ count: Int, in type: BrokerTopology.QueueType = .classic, deliveryLimit: Int64? = nil,
    _ body: (BrokerConfiguration, DeadLetterQueue, BrokerClient) async throws -> Void
  ) async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server, type: type)
    let client = try BrokerClient(server)
    let topology = configuration.topology
    let isQuorum = type == .quorum
    try client.declareQueue(topology.queue, timeToLive: BrokerTopology.timeToLive, isQuorum: isQuorum)
    try client.declareQueue(topology.deadLetterQueue, isQuorum: isQuorum, deliveryLimit: deliveryLimit)
    for number in 0..<count {
      try client.publish([UInt8(number + 1)], to: "", topology.deadLetterQueue, headers: ["x-error": "bad"])
    }
    let queue = DeadLetterQueue(configuration)
    try await body(configuration, queue, client)
    await queue.close()
  }

  /// Takes all ready messages from a queue and returns their bodies, in order.
  private func bodies(_ queue: String, _ client: BrokerClient) throws -> [UInt8] {
    try client.drain(queue).flatMap(\.body)
  }

  /// Waits until `count` messages are ready: RabbitMQ puts back one by one what an ended connection held.
  private func ready(_ count: Int, in queue: String, _ client: BrokerClient) async throws {
    try await until("\(count) messages are in the queue") { try client.count(queue) >= count }
  }

  /// The headers in AMQP's encoding, taken from properties whose first header is named `first`.
  private func headerBytes(_ properties: [UInt8]) throws -> [UInt8] {
    let key = [UInt8("first".utf8.count)] + Array("first".utf8)
    let start = try #require(properties.firstRange(of: key)?.lowerBound)
    let length = properties[(start - 4)..<start].reduce(0) { $0 << 8 | Int($1) }
    return Array(properties[start..<start + length])
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func
    `a requeued event has its body, properties and headers byte for byte, and tells its first exchange and key`(
      _ type: BrokerTopology.QueueType
    ) async throws
  {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server, type: type)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    let topology = configuration.topology
    let body: [UInt8] = [0xFF, 0x00, 0x7B, 0x0A]
    try client.publishWithAssortedHeaders(
      body, to: topology.eventsExchange, "message.create.t",
      with: ProducerProperties(
        contentType: "application/json", contentEncoding: "utf-8", priority: 3,
        correlationId: "correlation", replyTo: "reply", messageId: "id-1", timestamp: 12345, type: "type",
        appId: "app"))
    let letters = BrokerDeadLetters(configuration)
    let queue = DeadLetterQueue(configuration)
    let first = try await source.next(limit: 1)[0]
    let original = try #require(first.origin)
    var delivery = first
    for _ in 1...2 {
      try await letters.bury(delivery, because: BadEvent("data.x", "is missing", .missing))
      try await source.acknowledge(through: delivery.tag)
      #expect(try await queue.open() == 1)
      let letter = try #require(try await queue.next())
      #expect(letter.reason == "data.x is missing")
      #expect(letter.exchange == topology.eventsExchange)
      #expect(letter.routingKey == "message.create.t")
      #expect(letter.headers["first"]?.string == "text")
      #expect(letter.headers.document("table")?["inner"]?.integer == 7)
      #expect(letter.properties["messageId"]?.string == "id-1")
      try await queue.requeue([letter])
      await queue.close()
      delivery = try await source.next(limit: 1)[0]
      #expect(delivery.content.bytes == body)
      let origin = try #require(delivery.origin)
      #expect(origin.exchange == topology.eventsExchange)
      #expect(origin.routingKey == "message.create.t")
      let (before, after) = (original.properties, origin.properties)
      #expect(
        MessageProperties.document(before).properties.bytes
          == MessageProperties.document(after).properties.bytes)
      let (mine, its) = (try headerBytes(before), try headerBytes(after))
      #expect(Array(its.prefix(mine.count)) == mine)
      var added = ""
      for header in MessageProperties.document(after).headers where header.key.hasPrefix("x-") {
        added += "\(header.key)=\(header.string ?? "?") "
      }
      #expect(
        added
          == "x-original-exchange=\(topology.eventsExchange) x-original-routing-key=message.create.t ")
    }
    #expect(try client.count(topology.deadLetterQueue) == 0)
    await letters.close()
    await source.close()
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `reading changes neither the letters nor their order`(_ type: BrokerTopology.QueueType) async throws {
    try await withLetters(5, in: type) { configuration, queue, client in
      let name = configuration.topology.deadLetterQueue
      for reach in [1, 5, 3] {
        #expect(try await queue.open() == 5)
        for number in 1...reach {
          let letter = try #require(try await queue.next())
          #expect(letter.number == number && letter.body == [UInt8(number)])
        }
        await queue.close()
        try await ready(5, in: name, client)
      }
      #expect(try await queue.open() == 5)
      _ = try await queue.next()
      try client.publish([6], to: "", name)
      await queue.close()
      try await ready(6, in: name, client)
      #expect(try bodies(name, client) == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test func `looking at letters never makes a quorum queue drop them`() async throws {
    // Three windows of letters, and the lowest limit at which the letters may come back after each look.
    try await withLetters(70, in: .quorum, deliveryLimit: 2) { configuration, queue, client in
      let name = configuration.topology.deadLetterQueue
      for look in 1...8 {
        #expect(try await queue.open() == 70, "look \(look)")
        var numbers: [UInt8] = []
        while numbers.count < (look % 2 == 0 ? 3 : 70), let letter = try await queue.next() {
          numbers += letter.body
          #expect(
            letter.reason == "bad" && letter.headers.map(\.key) == [], "nothing of RabbitMQ's own shows")
        }
        #expect(numbers == Array(1...UInt8(numbers.count)), "look \(look)")
        await queue.close()
        try await ready(70, in: name, client)
      }
      #expect(try bodies(name, client) == Array(1...70))
    }
  }

  @Test func `a redelivered event is buried without the count of its deliveries`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server, type: .quorum)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    try client.publish([1], to: configuration.topology.eventsExchange, "k")
    for _ in 1...2 {
      _ = try await events(1, from: source)
      try await source.connect()
    }
    let delivery = try await source.next(limit: 1)[0]
    let counts = MessageProperties.document(try #require(delivery.origin?.properties)).headers
    #expect(counts["x-delivery-count"]?.integer == 2)
    // A classic queue shows what is in the message, and counts nothing itself.
    var other = configuration
    other.topology.queue += "_classic"
    other.topology.queueType = .classic
    let letters = BrokerDeadLetters(other)
    try await letters.bury(delivery, because: BadEvent("data.x", "is missing", .missing))
    let first = try client.get(other.topology.deadLetterQueue)
    #expect(try #require(first).headers["x-delivery-count"] == nil)
    await letters.close()
    await source.close()
  }

  @Test func `letters that arrive while the queue is read are left alone`() async throws {
    try await withLetters(30) { configuration, queue, client in
      #expect(try await queue.open() == 30)
      let first = try #require(try await queue.next())
      try await queue.requeue([first])
      // The event fails again.
      try client.publish(first.body, to: "", configuration.topology.deadLetterQueue)
      var numbers: [UInt8] = []
      while let letter = try await queue.next() { numbers += letter.body }
      #expect(numbers == Array(2...30))
      #expect(try bodies(configuration.topology.queue, client) == [1])
    }
  }

  @Test func `only the chosen letters are removed; the others keep their places`() async throws {
    try await withLetters(6) { configuration, queue, client in
      #expect(try await queue.open() == 6)
      var chosen: [DeadLetterQueue.Tag] = []
      while let letter = try await queue.next() {
        if letter.number % 3 == 2 { chosen.append(DeadLetterQueue.Tag(letter)) }
      }
      try await queue.remove(chosen)
      await queue.close()
      let name = configuration.topology.deadLetterQueue
      try await ready(4, in: name, client)
      #expect(try bodies(name, client) == [1, 3, 4, 6])
    }
  }

  @Test func `letters stay where they are if the queue to send them to does not exist`() async throws {
    try await withLetters(2) { configuration, queue, client in
      try client.delete(queue: configuration.topology.queue)
      _ = try await queue.open()
      let letter = try #require(try await queue.next())
      let error = try await brokerError { try await queue.requeue([letter]) }
      #expect(error.code == .notFound && !error.isRetryable)
      #expect(error.message.contains("start the worker"))
      await queue.close()
      let name = configuration.topology.deadLetterQueue
      try await ready(2, in: name, client)
      #expect(try bodies(name, client) == [1, 2])
    }
  }

  @Test func `a queue without letters and a queue that was never declared are told apart`() async throws {
    try await withLetters(0) { configuration, queue, client in
      #expect(try await queue.open() == 0)
      #expect(try await queue.next() == nil)
      await queue.close()
      try client.delete(queue: configuration.topology.deadLetterQueue)
      let error = try await brokerError { _ = try await queue.open() }
      #expect(error.code == .notFound && !error.isRetryable)
      #expect(error.message.contains("nothing was ever dead-lettered"))
    }
  }
}

extension Delivery.Content {
  fileprivate var bytes: [UInt8] {
    if case .json(let bytes) = self { return bytes }
    return []
  }
}
