import RabbitBroker
import TestKit
import TestTraits
import Foundation
import LiveHarness
import ReplayHarness
import TestServers
import Testing

/// The worker with TLS to both servers, and certificates made for the test.
@Suite(.bounded, .serialized) struct TLSTests {
  /// Demands a client's certificate. Only this suite uses it.
  private static let rabbit = Task { try await RabbitServer(needsClientCertificate: true) }

  private let folder: TemporaryFolder
  private let good: TestCertificates

  init() async throws {
    folder = try TemporaryFolder()
    good = try await TestCertificates(in: folder.path("good"), host: "localhost")
  }

  @Test func `with client certificates for both servers, every update is stored and published`() async throws
  {
    let rabbit = try await Self.rabbit.value
    let mongo = try await mongo(good, needsClientCertificate: true)
    try await withInstallation(rabbit: rabbit, mongo: mongo, mongoOptions: ownOptions) { installation in
      let traffic = Traffic(events: 50, members: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let own = rabbit.certificates
      let worker = try installation.startWorker(changing: [
        "RABBITMQ_URL": "amqps://guest:guest@localhost:\(rabbit.tlsPort)/?cacertfile=\(own.authority)"
          + "&certfile=\(own.client.certificate)&keyfile=\(own.client.key)",
        "MONGODB_URI": mongoURI(installation, mongo.port, "tlsCertificateKeyFile=\(good.clientBundle)"),
      ])
      try installation.client().publish(traffic.events(), to: installation.topology.eventsExchange, "e")
      try await until("all is published") {
        try installation.database.updates(published: true) == traffic.due.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }

  /// A server with TLS of its own.
  private func mongo(
    _ certificates: TestCertificates, needsClientCertificate: Bool = false
  ) async throws -> MongoServer {
    let options = [
      "--tls-cert-file", certificates.server.certificate, "--tls-key-file", certificates.server.key,
      "--tls-ca-file", certificates.authority,
    ]
    return try await MongoServer(
      .secantusDB, options: options + (needsClientCertificate ? ["--tls-require-client-cert"] : []))
  }

  /// How the test itself reaches such a server, whose certificate does not name 127.0.0.1.
  private var ownOptions: String {
    "tls=true&tlsCAFile=\(good.authority)&tlsCertificateKeyFile=\(good.clientBundle)"
      + "&tlsAllowInvalidHostnames=true"
  }

  private func mongoURI(
    _ installation: Installation, host: String = "localhost", _ port: Int, _ options: String
  ) -> String {
    "mongodb://\(host):\(port)/\(installation.database.name)?tls=true&tlsCAFile=\(good.authority)&serverSelectionTimeoutMS=1500&\(options)"
  }

  /// Expects a worker to exit with this status, its last line to hold these words.
  private func expect(
    _ status: Int32, _ words: [String], _ installation: Installation, changing changes: [String: String],
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let worker = try installation.startWorker("--no-wait", changing: changes)
    #expect(try await worker.ending() == .exited(status), "\(worker.errors)", sourceLocation: location)
    let last = worker.errors.split(separator: "\n").last.map(String.init) ?? ""
    for word in ["chat3-update-worker: "] + words {
      #expect(last.contains(word), "\(worker.errors)", sourceLocation: location)
    }
  }

  @Test func `a bad certificate of MongoDB is refused in one sentence`() async throws {
    let other = try await TestCertificates(in: folder.path("other"), host: "localhost")
    let expired = try await TestCertificates(in: folder.path("expired"), host: "localhost", serverDays: -1)
    let server = try await mongo(good)
    let demanding = try await mongo(good, needsClientCertificate: true)
    let late = try await mongo(expired)
    try await withInstallation(mongo: server, mongoOptions: ownOptions) { installation in
      func uri(_ port: Int, host: String = "localhost", authority: String? = nil) -> [String: String] {
        let uri = mongoURI(installation, host: host, port, "")
        return ["MONGODB_URI": authority.map { uri.replacing(good.authority, with: $0) } ?? uri]
      }
      try await expect(
        64, ["MongoDB", "certificate"], installation,
        changing: uri(server.port, authority: other.authority))
      try await expect(
        64, ["MongoDB", "certificate"], installation, changing: uri(server.port, host: "127.0.0.1"))
      try await expect(
        64, ["MongoDB", "certificate"], installation, changing: uri(late.port, authority: expired.authority))
      try await expect(69, ["MongoDB"], installation, changing: uri(demanding.port))
    }
  }

  @Test func `a bad certificate of RabbitMQ is refused in one sentence`() async throws {
    let rabbit = try await Self.rabbit.value
    let expired = try await TestCertificates(in: folder.path("expired"), host: "localhost", serverDays: -1)
    let late = try await TLSTerminator(before: rabbit.port, certificates: expired)
    try await withInstallation(rabbit: rabbit) { installation in
      func url(_ port: Int, host: String = "localhost", authority: String) -> [String: String] {
        ["RABBITMQ_URL": "amqps://guest:guest@\(host):\(port)/?cacertfile=\(authority)"]
      }
      let (port, own) = (rabbit.tlsPort, rabbit.certificates.authority)
      try await expect(
        64, ["certificate", "not trusted"], installation, changing: url(port, authority: good.authority))
      try await expect(
        64, ["certificate", "127.0.0.1"], installation, changing: url(port, host: "127.0.0.1", authority: own)
      )
      try await expect(
        64, ["certificate"], installation, changing: url(late.port, authority: expired.authority))
      try await expect(69, ["RabbitMQ"], installation, changing: url(port, authority: own))
    }
  }
}
