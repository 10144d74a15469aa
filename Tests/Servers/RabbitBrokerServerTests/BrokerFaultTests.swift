import TestTraits
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing

@testable import RabbitBroker

@Suite(.bounded) struct BrokerFaultTests {
  /// The error that a source and a publisher both throw when they connect.
  private func refusal(_ configuration: BrokerConfiguration) async throws -> BrokerError {
    let ofSource = try await brokerError { try await BrokerEventSource(configuration).connect() }
    let ofPublisher = try await brokerError { try await BrokerPublisher(configuration).connect() }
    #expect(ofSource == ofPublisher)
    return ofSource
  }

  @Test func `wrong credentials are a fault of the configuration and are not shown`() async throws {
    let server = try await RabbitServer.shared()
    let error = try await refusal(
      try configuration(server, url: server.url(user: "guest", password: "hunter2")))
    #expect(error.code == .wrongCredentials)
    #expect(!error.isRetryable)
    #expect(error.message.contains("RABBITMQ_URL"))
    #expect(!error.message.contains("hunter2"))
  }

  @Test func `an unknown virtual host is a fault of the configuration`() async throws {
    let server = try await RabbitServer.shared()
    let error = try await refusal(try configuration(server, url: server.url(path: "no%20where")))
    #expect(error.code == .unknownVirtualHost)
    #expect(!error.isRetryable)
    #expect(error.message.contains("\"no where\""))
  }

  @Test func `credentials and virtual hosts may hold any characters`() async throws {
    let server = try await RabbitServer.owned()
    try await server.control("add_user", "us er@/:%", "p@ss/:%é")
    try await server.control("add_vhost", "my/host é")
    try await server.control("set_permissions", "-p", "my/host é", "us er@/:%", ".*", ".*", ".*")
    let url = server.url(
      user: "us%20er%40%2F%3A%25", password: "p%40ss%2F%3A%25%C3%A9", path: "my%2Fhost%20%C3%A9")
    let source = BrokerEventSource(try configuration(server.endpoint, url: url))
    try await source.connect()
    await source.close()
  }

  @Test func `missing permissions are a fault of the configuration`() async throws {
    let server = try await RabbitServer.owned()
    try await server.control("add_user", "reader", "reader")
    try await server.control("set_permissions", "reader", "^$", "^$", ".*")
    let configuration = try configuration(
      server.endpoint, url: server.url(user: "reader", password: "reader"))
    let error = try await brokerError { try await BrokerEventSource(configuration).connect() }
    #expect(error.code == .accessRefused)
    #expect(!error.isRetryable)
  }

  @Test func `a queue with other arguments is a fault with a remedy`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    try BrokerClient(server).declareQueue(configuration.topology.queue, timeToLive: 1000)
    let error = try await brokerError { try await BrokerEventSource(configuration).connect() }
    #expect(error.code == .otherDeclaration)
    #expect(!error.isRetryable)
    #expect(error.message.contains(configuration.topology.queue))
    #expect(error.message.contains("UPDATE_WORKER_QUEUE"))
    #expect(error.message.contains("x-message-ttl"))
  }

  @Test func `an exchange of another type is a fault with a remedy`() async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server)
    try BrokerClient(server).declareExchange(
      configuration.topology.updatesExchange, type: "fanout")
    let error = try await refusal(configuration)
    #expect(error.code == .otherDeclaration)
    #expect(!error.isRetryable)
    #expect(error.message.contains(configuration.topology.updatesExchange))
    #expect(error.message.contains("RABBITMQ_UPDATES_EXCHANGE"))
  }

  @Test func `a server that cannot be reached is an outage`() async throws {
    let error = try await refusal(try configuration(url: "amqp://guest:hunter2@127.0.0.1:1"))
    #expect(error.code == .unreachable)
    #expect(error.isRetryable)
    #expect(error.message.contains("127.0.0.1:1"))
    #expect(!error.message.contains("hunter2"))
  }

  @Test func `an unknown host name is an outage`() async throws {
    let error = try await refusal(try configuration(url: "amqp://rabbit.invalid"))
    #expect(error.code == .unreachable)
    #expect(error.isRetryable)
  }

  @Test func `a server that never answers is an outage once the time limit has passed`() async throws {
    let listener = try SilentServer()
    let configuration = try configuration(
      url: "amqp://127.0.0.1:\(listener.port)?connection_timeout=300")
    let error = try await brokerError { try await BrokerPublisher(configuration).connect() }
    #expect(error.code == .timeout)
    #expect(error.isRetryable)
  }

  @Test func `without a connection every call throws an outage`() async throws {
    let configuration = try configuration(url: "amqp://127.0.0.1:1")
    let source = BrokerEventSource(configuration)
    let publisher = BrokerPublisher(configuration)
    #expect(try await brokerError { _ = try await source.next(limit: 1) }.isRetryable)
    #expect(try await brokerError { try await source.acknowledge([1]) }.isRetryable)
    #expect(try await brokerError { _ = try await publisher.publish(try messages(1)) }.isRetryable)
    await source.close()
    await publisher.close()
  }

  /// A source and a publisher that are connected to a server which the test may stop.
  private func withConnections(
    _ test: (RabbitServer, BrokerConfiguration, BrokerEventSource, BrokerPublisher) async throws -> Void
  ) async throws {
    try await RabbitServer.lent { server in
      let configuration = try configuration(server.endpoint)
      let source = BrokerEventSource(configuration)
      let publisher = BrokerPublisher(configuration)
      try await source.connect()
      try await publisher.connect()
      try await test(server, configuration, source, publisher)
      await source.close()
      await publisher.close()
    }
  }

  @Test func `a connection that an operator closes is an outage, and connecting again ends it`() async throws
  {
    try await withConnections { server, _, source, publisher in
      let waiting = Task { try await source.next(limit: 1) }
      try await server.control("close_all_connections", "test of the worker")
      let error = try await brokerError { _ = try await waiting.value }
      #expect(error.code == .connectionForced)
      #expect(error.isRetryable)
      #expect(error.message.contains("test of the worker"))
      #expect(try await brokerError { _ = try await publisher.publish(try messages(1)) }.isRetryable)
      #expect(await !source.isConsuming)
      try await source.connect()
      try await publisher.connect()
      #expect(try await publisher.publish(try messages(1)).isEmpty)
    }
  }

  @Test(arguments: [true, false])
  func `a server that restarts is an outage; queue and events survive`(_ isKilled: Bool) async throws {
    try await withConnections { server, configuration, source, publisher in
      try BrokerClient(port: server.port).publish(
        Array("1".utf8), to: configuration.topology.eventsExchange, "k")
      _ = try await events(1, from: source)
      let waiting = Task { try await source.next(limit: 1) }
      if isKilled { try await server.crash() } else { try await server.stop() }
      #expect(try await brokerError { _ = try await waiting.value }.isRetryable)
      #expect(try await brokerError { _ = try await publisher.publish(try messages(1)) }.isRetryable)
      #expect(try await brokerError { try await source.connect() }.isRetryable)
      try await server.start()
      try await source.connect()
      try await publisher.connect()
      #expect(try await events(1, from: source).map(\.text) == ["1"])
      #expect(try await publisher.publish(try messages(1)).isEmpty)
    }
  }

  @Test func `heartbeats keep an idle connection alive`() async throws {
    let server = try await RabbitServer.shared()
    let url = server.url() + "?heartbeat=2"
    let configuration = try configuration(server, url: url)
    let source = BrokerEventSource(configuration)
    let publisher = BrokerPublisher(configuration)
    try await source.connect()
    try await publisher.connect()
    // Twice as long as either side endures silence.
    try await Task.sleep(for: .seconds(8))
    #expect(await source.isConsuming)
    #expect(await publisher.isReady)
    try BrokerClient(server).publish([1], to: configuration.topology.eventsExchange, "k")
    #expect(try await source.next(limit: 1).count == 1)
    await source.close()
    await publisher.close()
  }

  @Test func `a server that falls silent is noticed because its heartbeats are missing`() async throws {
    try await RabbitServer.lent { server in
      let url = server.url() + "?heartbeat=1"
      let source = BrokerEventSource(try configuration(server.endpoint, url: url))
      try await source.connect()
      let waiting = Task { try await source.next(limit: 1) }
      try server.freeze()
      let error = try await brokerError { _ = try await waiting.value }
      #expect(error.isRetryable)
      #expect(error.code == .timeout)
      try await server.crash()
    }
  }
}
