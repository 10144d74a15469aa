import BSON
import TestTraits
import CRabbitMQ
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing
import Updates

@testable import RabbitBroker

@Suite(.bounded) struct BrokerDeadLettersTests {
  private let error = BadEvent("data.member.userId", "is missing")

  @Test func `keeps a bad event byte for byte, with its properties and what is wrong`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(port: server.port)
    let body: [UInt8] = [0xFF, 0x00, 0x7B, 0x0A]
    try client.publish(
      body, to: configuration.topology.eventsExchange, "message.create.tenant",
      headers: ["traceparent": "00-x", "x-own": "kept", "x-error": "an older one"]
    ) { properties in
      properties.set(CHAT3_HAS_MESSAGE_ID, CHAT3_HAS_TIMESTAMP, CHAT3_HAS_CONTENT_TYPE)
      properties.message_id = amqp_bytes_t("id-1")
      properties.timestamp = 12345
      properties.content_type = amqp_bytes_t("text/plain")
    }
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

  @Test func `headers nested as deep as a frame allows are taken, and kept`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(port: server.port)
    // Each array holds the next, at five bytes each in a frame of 128 KiB.
    let depth = 25_000
    let arrays = UnsafeMutableBufferPointer<amqp_field_value_t>.allocate(capacity: depth)
    defer { arrays.deallocate() }
    for index in 0..<depth {
      var array = amqp_field_value_t()
      array.kind = UInt8(ascii: "A")
      array.value.array.num_entries = index + 1 < depth ? 1 : 0
      array.value.array.entries = index + 1 < depth ? arrays.baseAddress.map { $0 + index + 1 } : nil
      arrays.initializeElement(at: index, to: array)
    }
    var entry = amqp_table_entry_t()
    entry.key = amqp_bytes_t("deep")
    entry.value = arrays[0]
    try withUnsafeMutablePointer(to: &entry) { entry in
      try client.publish([1], to: configuration.topology.eventsExchange, "k") { properties in
        properties.headers = amqp_table_t(num_entries: 1, entries: entry)
      }
    }
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

  @Test func `properties that would be acted upon become headers`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(port: server.port)
    try client.publish(Array("{".utf8), to: configuration.topology.eventsExchange, "k") { properties in
      properties.set(CHAT3_HAS_EXPIRATION, CHAT3_HAS_USER_ID)
      properties.expiration = amqp_bytes_t("60000")
      properties.user_id = amqp_bytes_t("guest")
    }
    let delivery = try await source.next(limit: 1)[0]
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(delivery, because: error)
    let first = try client.get(configuration.topology.deadLetterQueue)
    let got = try #require(first)
    #expect(got.expiration == nil)
    #expect(got.userId == nil)
    #expect(got.headers["x-original-expiration"] == "60000")
    #expect(got.headers["x-original-user-id"] == "guest")
    await letters.close()
    await source.close()
  }

  @Test func `headers that fill a frame and endless explanations do not get in the way`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let source = BrokerEventSource(configuration)
    try await source.connect()
    let client = try BrokerClient(port: server.port)
    try client.publish(
      Array("{".utf8), to: configuration.topology.eventsExchange, "k",
      headers: ["large": String(repeating: "x", count: 130_000)])
    let delivery = try await source.next(limit: 1)[0]
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(delivery, because: BadEvent(nil, String(repeating: "é", count: 200_000)))
    let first = try client.get(configuration.topology.deadLetterQueue)
    let got = try #require(first)
    #expect(got.body == Array("{".utf8))
    #expect(try #require(got.headers["x-error"]).utf8.count < 5000)
    await letters.close()
    await source.close()
  }

  @Test func `events from no broker can be kept too`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(Delivery(content: .json(Array("[]".utf8)), tag: 1), because: error)
    let client = try BrokerClient(port: server.port)
    #expect(try client.get(configuration.topology.deadLetterQueue)?.headers["x-original-exchange"] == "")
    await letters.close()
  }

  @Test func `a queue that was deleted meanwhile is made again`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    let letters = BrokerDeadLetters(configuration)
    let delivery = Delivery(content: .json(Array("1".utf8)), tag: 1)
    try await letters.bury(delivery, because: error)
    let client = try BrokerClient(port: server.port)
    try client.delete(queue: configuration.topology.deadLetterQueue)
    try await letters.bury(delivery, because: error)
    #expect(try client.count(configuration.topology.deadLetterQueue) == 1)
    await letters.close()
  }
}
