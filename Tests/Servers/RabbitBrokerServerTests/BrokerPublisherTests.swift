import TestTraits
import BSON
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing

@testable import RabbitBroker

@Suite(.bounded) struct BrokerPublisherTests {
  /// A connected publisher, and a queue that gets everything that it publishes.
  private func connected(
    _ server: RabbitEndpoint, _ configuration: BrokerConfiguration
  ) async throws -> (BrokerPublisher, BrokerClient, queue: String) {
    let publisher = BrokerPublisher(configuration)
    try await publisher.connect()
    let client = try BrokerClient(server)
    let queue = configuration.topology.queue + "_sink"
    try client.declareQueue(queue)
    try client.bind(queue, to: configuration.topology.updatesExchange, "update.#")
    return (publisher, client, queue)
  }

  @Test func `a message has the properties that the specification lists`() async throws {
    let server = try await RabbitServer.shared()
    let (publisher, client, queue) = try await connected(server, try configuration(server))
    let message = try messages(1, trace: TraceContext(parent: "00-trace", state: "a=b"))[0]
    #expect(try await publisher.publish([message]).isEmpty)
    let first = try client.get(queue)
    let got = try #require(first)
    #expect(got.body == message.body)
    #expect(got.routingKey == "update.dialog.user.user.messageupdate")
    #expect(got.deliveryMode == 2)
    #expect(got.contentType == "application/json")
    #expect(got.messageId == "000000000000000000000001")
    #expect(got.type == "MessageUpdate")
    #expect(got.timestamp == 1_763_551_369)
    #expect(
      got.headers == [
        "tenantId": "tenant", "userId": "user", "eventType": "message.create",
        "eventId": "0123456789abcdef01234567", "traceparent": "00-trace", "tracestate": "a=b",
      ])
    #expect(
      got.properties == [
        "content-type", "headers", "delivery-mode", "message-id", "timestamp", "type",
      ])
    await publisher.close()
  }

  @Test func `messages are published in order, and all are in the queue when the call returns`() async throws
  {
    let server = try await RabbitServer.shared()
    let (publisher, client, queue) = try await connected(server, try configuration(server))
    #expect(try await publisher.publish(try messages(3000, bodySize: 1000)).isEmpty)
    #expect(try client.count(queue) == 3000)
    for index in 0..<3000 {
      let id = try client.get(queue)?.messageId
      #expect(id == String(format: "%024x", index + 1))
    }
    await publisher.close()
  }

  @Test func `publishing succeeds without a consumer, and without messages`() async throws {
    let server = try await RabbitServer.shared()
    let publisher = BrokerPublisher(try configuration(server))
    try await publisher.connect()
    #expect(try await publisher.publish(try messages(10)).isEmpty)
    #expect(try await publisher.publish([]).isEmpty)
    await publisher.close()
  }

  @Test func `an id may hold any characters, and a trace may be empty`() async throws {
    let server = try await RabbitServer.shared()
    let (publisher, client, queue) = try await connected(server, try configuration(server))
    let user = "ü.*.#.\u{1F600}.\"\n"
    #expect(try await publisher.publish(try messages(1, userId: user)).isEmpty)
    let first = try client.get(queue)
    let got = try #require(first)
    #expect(got.headers["userId"] == user)
    #expect(got.headers["traceparent"] == nil)
    await publisher.close()
  }

  @Test func `a routing key over 255 bytes is unsendable and holds nothing up`() async throws {
    let server = try await RabbitServer.shared()
    let (publisher, client, queue) = try await connected(server, try configuration(server))
    let fixed = "update.dialog.user..messageupdate".utf8.count
    let longest = try messages(1, userId: String(repeating: "u", count: 255 - fixed))
    let tooLong = try messages(1, userId: String(repeating: "u", count: 256 - fixed))
    let unsendable = try await publisher.publish(try messages(1) + tooLong + longest)
    #expect(unsendable.keys.sorted() == [1])
    #expect(unsendable[1]?.contains("256 bytes") == true)
    #expect(try client.count(queue) == 2)
    await publisher.close()
  }

  @Test func `a message over the known limit is unsendable and holds nothing up`() async throws {
    let server = try await RabbitServer.shared()
    var configuration = try configuration(server)
    configuration.maximumMessageSize = 5000
    let (publisher, client, queue) = try await connected(server, configuration)
    let unsendable = try await publisher.publish(try messages(2) + messages(1, bodySize: 5000) + messages(2))
    #expect(unsendable.keys.sorted() == [2])
    #expect(try client.count(queue) == 4)
    await publisher.close()
  }

  @Test func `the publisher learns the size limit that the server states when it closes the channel`()
    async throws
  {
    let server = try await RabbitServer(settings: ["max_message_size = 20000"])
    let (publisher, client, queue) = try await connected(server.endpoint, try configuration(server.endpoint))
    var all = try messages(600, bodySize: 1000)
    all[100] = try messages(1, bodySize: 30_000)[0]
    all[500] = try messages(1, bodySize: 25_000)[0]
    let unsendable = try await publisher.publish(all)
    #expect(unsendable.keys.sorted() == [100, 500])
    #expect(unsendable[500]?.contains("the server takes 20000") == true)
    var ids: Set<String> = []
    while let message = try client.get(queue) { ids.insert(try #require(message.messageId)) }
    #expect(ids.count == 598)
    #expect(try await publisher.publish(try messages(1, bodySize: 19_000)).isEmpty)
    await publisher.close()
    try await server.stop()
  }

  @Test func `messages that a full queue refuses are tried again, and then count as an outage`() async throws
  {
    let server = try await RabbitServer.owned()
    let (publisher, client, queue) = try await connected(server.endpoint, try configuration(server.endpoint))
    try await server.control(
      "set_policy", "full-\(queue)", "^\(queue)$", #"{"max-length":2,"overflow":"reject-publish"}"#)
    let error = try await brokerError { _ = try await publisher.publish(try messages(5)) }
    #expect(error.code == .refusedMessages)
    #expect(error.isRetryable)
    #expect(try client.count(queue) == 2)
    while try client.get(queue) != nil {}
    #expect(try await publisher.publish(try messages(2)).isEmpty)
    try await server.control("clear_policy", "full-\(queue)")
    await publisher.close()
  }

  @Test func `concurrent calls of publish do not disturb each other`() async throws {
    let server = try await RabbitServer.shared()
    let (publisher, client, queue) = try await connected(server, try configuration(server))
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { group.addTask { try await publisher.publish(try messages(50)).count } }
      for try await unsendable in group { #expect(unsendable == 0) }
    }
    #expect(try client.count(queue) == 1000)
    await publisher.close()
  }

  /// A publisher that is connected to a server which has run out of memory since, a client, a queue that gets all
  /// messages, and what the publisher tells. The test ends the alarm.
  private func withMemoryAlarm(
    _ test: (RabbitServer, BrokerPublisher, BrokerClient, String, Notices) async throws -> Void
  ) async throws {
    try await RabbitServer.lent { server in
      var configuration = try configuration(server.endpoint)
      let notices = Notices()
      configuration.onNotice = { notices.note($0) }
      let (publisher, client, queue) = try await connected(server.endpoint, configuration)
      try await server.setMemoryAlarm(true)
      try await test(server, publisher, client, queue, notices)
    }
  }

  @Test func `publishing waits while the server is short of memory, then goes on by itself`() async throws {
    try await withMemoryAlarm { server, publisher, client, queue, notices in
      let waiting = Task { try await publisher.publish(try messages(1000, bodySize: 1000)) }
      await notices.wait {
        if case .blocked = $0 { true } else { false }
      }
      // While it waits, another call can start to wait and can be cancelled.
      let other = Task { try await publisher.publish(try messages(1)) }
      other.cancel()
      await #expect(throws: CancellationError.self) { try await other.value }
      try await server.setMemoryAlarm(false)
      await notices.wait { $0 == .unblocked }
      #expect(try await waiting.value.isEmpty)
      #expect(try client.count(queue) == 1000)
      await publisher.close()
    }
  }

  @Test func `a publisher whose output is full still hears that the server is short of memory`() async throws
  {
    try await withMemoryAlarm { server, publisher, client, queue, notices in
      // The server reads nothing at first, so that the output is full before it can say anything.
      try server.freeze()
      let waiting = Task { try await publisher.publish(try messages(20_000, bodySize: 1000)) }
      var last = 0
      try await until("the output is full") {
        let unsent = try unsentBytes(to: server.endpoint.port)
        defer { last = unsent }
        return unsent > 100_000 && unsent == last
      }
      try server.thaw()
      await notices.wait {
        if case .blocked = $0 { true } else { false }
      }
      try await server.setMemoryAlarm(false)
      #expect(try await waiting.value.isEmpty)
      #expect(try client.count(queue) == 20_000)
      await publisher.close()
    }
  }

  /// How many bytes wait in the kernel to be sent, or to be acknowledged, on all connections to a local port.
  private func unsentBytes(to port: Int) throws -> Int {
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp"))
    let table = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    let peer = String(format: ":%04X", port)
    return table.split(separator: "\n").dropFirst().reduce(0) { sum, line in
      let fields = line.split(separator: " ")
      guard fields[2].hasSuffix(peer) else { return sum }
      return sum + (Int(fields[4].prefix(8), radix: 16) ?? 0)
    }
  }

  @Test func `close ends a publish that waits for a blocked server`() async throws {
    try await withMemoryAlarm { server, publisher, _, _, _ in
      // One of these messages fills the sockets' buffers, so that the thread may well be stuck while it writes.
      let waiting = Task { try await publisher.publish(try messages(4, bodySize: 10_000_000)) }
      try await until("the server blocks the connection") {
        try await server.control("list_connections", "state").contains("blocked")
      }
      await publisher.close()
      await #expect(throws: BrokerError.self) { try await waiting.value }
      try await server.setMemoryAlarm(false)
    }
  }

  @Test func `a server that confirms nothing for too long is an outage, and connecting again ends it`()
    async throws
  {
    let server = try await RabbitServer.owned()
    var configuration = try configuration(server.endpoint)
    configuration.confirmTimeout = .seconds(1)
    let (publisher, client, queue) = try await connected(server.endpoint, configuration)
    let message = try messages(1)
    func queueProcess(_ call: String) async throws {
      try await server.control(
        "eval",
        """
        {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"\(queue)">>)),
        ok = sys:\(call)(amqqueue:get_pid(Q)).
        """)
    }
    try await queueProcess("suspend")
    let fault = try await brokerError { _ = try await publisher.publish(message) }
    #expect(fault.code == .timeout && fault.isRetryable)
    #expect(fault.message.contains("has confirmed none of 1 message(s) for 1 s"))
    #expect(await !publisher.isReady)
    try await queueProcess("resume")
    try await publisher.connect()
    #expect(try await publisher.publish(message).isEmpty)
    try await until("both messages are in the queue") { try client.count(queue) == 2 }
    await publisher.close()
  }
}
