import TestTraits
import LiveHarness
import TestServers
import Testing

@testable import RabbitBroker

/// Several hosts in the URL.
@Suite(.bounded) struct BrokerHostsTests {
  /// Connects, and says to which port, and which ports were passed over before.
  private func connect(_ configuration: BrokerConfiguration) async throws -> (port: Int, passedOver: [Int]) {
    var configuration = configuration
    let notices = Notices()
    configuration.onNotice = { notices.note($0) }
    let publisher = BrokerPublisher(configuration)
    try await publisher.connect()
    let connection = await notices.connection()
    await publisher.close()
    return connection
  }

  @Test func `a host that is down is passed over, whether it is tried first or not`() async throws {
    let server = try await RabbitServer.shared()
    let dead = try LoopbackPort.free()
    let url = server.url().replacing("@", with: "@127.0.0.1:\(dead),")
    var wasPassedOver = false
    for _ in 1...100 where !wasPassedOver {
      let (port, passedOver) = try await connect(try configuration(server, url: url))
      #expect(port == server.port)
      wasPassedOver = passedOver == [dead]
      #expect(wasPassedOver || passedOver.isEmpty)
    }
    #expect(wasPassedOver)
  }

  @Test func `a refusal of the user ends the attempt, because the other hosts would refuse it too`()
    async throws
  {
    let server = try await RabbitServer.shared()
    let url = server.url(user: "guest", password: "hunter2")
    let other = url.replacing("@", with: "@localhost:\(server.port),")
    let error = try await brokerError {
      try await BrokerPublisher(try configuration(server, url: other)).connect()
    }
    #expect(error.code == .wrongCredentials && !error.isRetryable && !error.message.contains("hunter2"))
  }

  @Test func `when its host dies, a source goes to the other one at once, and can come back`() async throws {
    try await RabbitServer.lent { mortal in
      let lasting = try await RabbitServer.owned()
      var configuration = try configuration(
        url: mortal.url().replacing("@", with: "@127.0.0.1:\(lasting.port),"))
      let notices = Notices()
      configuration.onNotice = { notices.note($0) }
      let source = BrokerEventSource(configuration)
      func connectedPort() async throws -> Int {
        try await source.connect()
        return await notices.connection().port
      }
      // It never goes twice to the same one, as it connects again only when something is wrong.
      if try await connectedPort() != mortal.port { #expect(try await connectedPort() == mortal.port) }
      let waiting = Task { try await source.next(limit: 1) }
      try await mortal.crash()
      #expect(try await brokerError { _ = try await waiting.value }.isRetryable)
      #expect(try await connectedPort() == lasting.port)
      try BrokerClient(port: lasting.port).publish([1], to: configuration.topology.eventsExchange, "k")
      #expect(try await events(1, from: source).count == 1)
      try await mortal.start()
      #expect(try await connectedPort() == mortal.port)
      await source.close()
    }
  }
}
