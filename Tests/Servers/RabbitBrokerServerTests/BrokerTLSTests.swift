import TestTraits
import Foundation
import LiveHarness
import Pipeline
import TestServers
import Testing

@testable import RabbitBroker

@Suite(.bounded) struct BrokerTLSTests {
  private func connect(_ server: RabbitServer, host: String = "localhost", _ options: String) async throws {
    let url = "amqps://guest:guest@\(host):\(server.tlsPort)?\(options)"
    let configuration = try configuration(server.endpoint, url: url)
    let source = BrokerEventSource(configuration)
    let publisher = BrokerPublisher(configuration)
    try await source.connect()
    try await publisher.connect()
    #expect(try await publisher.publish(try messages(1000, bodySize: 1000)).isEmpty)
    let client = try BrokerClient(port: server.port)
    for number in 0..<200 {
      try client.publish(Array("\(number)".utf8), to: configuration.topology.eventsExchange, "k")
    }
    #expect(try await events(200, from: source).map(\.text) == (0..<200).map { "\($0)" })
    await source.close()
    await publisher.close()
  }

  @Test func `works with the authority's certificate`() async throws {
    let server = try await RabbitServer.owned()
    try await connect(server, "cacertfile=\(server.certificates.authority)")
  }

  @Test func `works with a client's certificate`() async throws {
    let server = try await RabbitServer.owned()
    let client = server.certificates.client
    try await connect(
      server,
      "cacertfile=\(server.certificates.authority)&certfile=\(client.certificate)&keyfile=\(client.key)")
  }

  @Test func `works without verification if the URL asks for that`() async throws {
    let server = try await RabbitServer.owned()
    try await connect(server, host: "127.0.0.1", "verify=verify_none")
  }

  @Test func `a certificate for another name is refused`() async throws {
    let server = try await RabbitServer.owned()
    let error = try await brokerError {
      try await connect(server, host: "127.0.0.1", "cacertfile=\(server.certificates.authority)")
    }
    #expect(error.code == .certificateName)
    #expect(!error.isRetryable)
    #expect(error.message.contains("127.0.0.1"))
  }

  @Test func `a certificate of an unknown authority is refused`() async throws {
    let server = try await RabbitServer.owned()
    let error = try await brokerError { try await connect(server, "") }
    #expect(error.code == .untrustedCertificate)
    #expect(!error.isRetryable)
    #expect(error.message.contains("cacertfile"))
  }

  @Test func `certificate files that are missing or of the wrong kind are refused`() async throws {
    let server = try await RabbitServer.owned()
    for options in [
      "cacertfile=/no/where.pem", "cacertfile=\(server.certificates.server.key)",
      "certfile=\(server.certificates.server.key)&keyfile=\(server.certificates.server.key)",
    ] {
      let error = try await brokerError { try await connect(server, options) }
      #expect(error.code == .certificateFile)
      #expect(!error.isRetryable)
    }
  }

  @Test func `TLS on a port without TLS fails with a hint at the right port`() async throws {
    let server = try await RabbitServer.owned()
    let error = try await brokerError {
      try await BrokerPublisher(try configuration(url: "amqps://localhost:\(server.port)")).connect()
    }
    #expect(error.code == .tlsHandshake)
    #expect(error.message.contains("its port for TLS"))
  }

  @Test func `plain AMQP on the port for TLS counts as an outage`() async throws {
    let server = try await RabbitServer.owned()
    let error = try await brokerError {
      let url = "amqp://localhost:\(server.tlsPort)?connection_timeout=2000"
      try await BrokerPublisher(try configuration(url: url)).connect()
    }
    #expect(error.isRetryable)
  }
}
