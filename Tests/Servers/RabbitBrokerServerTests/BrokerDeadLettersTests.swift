import BSON
import TestTraits
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing
import Updates

@testable import RabbitBroker

@Suite(.bounded) struct BrokerDeadLettersTests {
  private let error = BadEvent("data.member.userId", "is missing", .missing)

  @Test func `a dead letter is the bad event byte for byte, with its properties and the reason`() async throws
  {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    let body: [UInt8] = [0xFF, 0x00, 0x7B, 0x0A]
    try client.publish(
      body, to: configuration.topology.eventsExchange, "message.create.tenant",
      headers: ["traceparent": "00-x", "x-own": "kept", "x-error": "an older one"],
      with: ProducerProperties(contentType: "text/plain", messageId: "id-1", timestamp: 12345))
    let delivery = try await source.next(limit: 1)[0]
    let letters = BrokerDeadLetters(configuration)
    let before = Date()
    try await letters.bury(delivery, because: error)
    let first = try client.get(configuration.topology.deadLetterQueue)
    let got = try #require(first)
    #expect(got.body == body)
    #expect(got.deliveryMode == 2)
    #expect(got.messageId == "id-1")
    #expect(got.timestamp == 12345)
    #expect(got.contentType == "text/plain")
    let failedAt = try #require(got.headers["x-failed-at"])
    let headers = got.headers.filter { $0.key != "x-failed-at" }
    #expect(
      headers == [
        "traceparent": "00-x", "x-own": "kept", "x-error": "data.member.userId is missing",
        "x-original-exchange": configuration.topology.eventsExchange,
        "x-original-routing-key": "message.create.tenant",
      ])
    let date = try Date(failedAt, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    #expect(failedAt.hasSuffix("Z"))
    #expect(abs(date.timeIntervalSince(before)) < 60)
    await letters.close()
    await source.close()
  }

  @Test func `headers nested as deep as a frame allows are read and kept`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    // Each array takes five bytes of a frame of 128 KiB, and holds the next.
    let depth = 25_000
    try client.publishWithNestedArrays(depth: depth, [1], to: configuration.topology.eventsExchange, "k")
    let delivery = try await source.next(limit: 1)[0]
    let encoded = try #require(delivery.origin?.properties)
    #expect(encoded.count > 5 * depth)
    #expect(MessageProperties.document(encoded).headers["deep"]?.array != nil)
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(delivery, because: error)
    #expect(try client.count(configuration.topology.deadLetterQueue) == 1)
    await letters.close()
    await source.close()
  }

  @Test func `properties that RabbitMQ would act upon become headers`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    try client.publish(
      Array("{".utf8), to: configuration.topology.eventsExchange, "k",
      with: ProducerProperties(expiration: "60000", userId: server.user))
    let delivery = try await source.next(limit: 1)[0]
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(delivery, because: error)
    let first = try client.get(configuration.topology.deadLetterQueue)
    let got = try #require(first)
    #expect(got.expiration == nil)
    #expect(got.userId == nil)
    #expect(got.headers["x-original-expiration"] == "60000")
    #expect(got.headers["x-original-user-id"] == server.user)
    await letters.close()
    await source.close()
  }

  @Test
  func `headers that fill a frame, and a reason longer than a frame, do not keep an event from being buried`()
    async throws
  {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(server)
    try client.publish(
      Array("{".utf8), to: configuration.topology.eventsExchange, "k",
      headers: ["large": String(repeating: "x", count: 130_000)])
    let delivery = try await source.next(limit: 1)[0]
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(delivery, because: BadEvent(nil, String(repeating: "é", count: 200_000), .other))
    let first = try client.get(configuration.topology.deadLetterQueue)
    let got = try #require(first)
    #expect(got.body == Array("{".utf8))
    #expect(try #require(got.headers["x-error"]).utf8.count < 5000)
    await letters.close()
    await source.close()
  }

  @Test func `an event that came from no broker can be buried too`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(Delivery(content: .json(Array("[]".utf8)), tag: 1), because: error)
    let client = try BrokerClient(server)
    #expect(try client.get(configuration.topology.deadLetterQueue)?.headers["x-original-exchange"] == "")
    await letters.close()
  }

  @Test func `a queue that was deleted in the meantime is declared again`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let letters = BrokerDeadLetters(configuration)
    let delivery = Delivery(content: .json(Array("1".utf8)), tag: 1)
    try await letters.bury(delivery, because: error)
    let client = try BrokerClient(server)
    try client.delete(queue: configuration.topology.deadLetterQueue)
    try await letters.bury(delivery, because: error)
    #expect(try client.count(configuration.topology.deadLetterQueue) == 1)
    await letters.close()
  }
}
