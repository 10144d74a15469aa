import ScriptedEnds
import TestTraits
import BSON
import MongoStore
import Pipeline
import TestServers
import Testing
import Updates

@Suite("Servers that fail (spec section 7)", .bounded)
struct FaultTests {
  /// A store whose calls give up soon, so that the tests need not wait.
  private static let impatient = "serverSelectionTimeoutMS=500&connectTimeoutMS=500&socketTimeoutMS=2000"

  private func failure(_ body: () async throws -> Void) async throws -> MongoStoreError {
    do {
      try await body()
    } catch let error as MongoStoreError {
      return error
    }
    throw TestServerError("the call did not fail")
  }

  @Test("a host that cannot be reached is named without credentials, and the error can be retried")
  func unreachable() async throws {
    let port = try LoopbackPort.free()
    let uri = "mongodb://someone:s3cret@127.0.0.1:\(port)/chat3?\(Self.impatient)"
    let store = MongoStore(try MongoConfiguration(uri: uri))
    let error = try await failure { try await store.ping() }
    #expect(error.code == .unreachable && error.isRetryable)
    #expect(error.message.contains("127.0.0.1:\(port)") && error.message.contains("MONGODB_URI"))
    #expect(!error.message.contains("s3cret") && !error.message.contains("someone"))
    await store.close()
  }

  @Test("a name that no name server knows is unreachable", arguments: ["mongodb", "mongodb+srv"])
  func unknownName(scheme: String) async throws {
    let uri = "\(scheme)://db.chat3.invalid/?\(Self.impatient)"
    let store = MongoStore(try MongoConfiguration(uri: uri))
    let error = try await failure { try await store.ping() }
    #expect(error.code == .unreachable && error.isRetryable)
    #expect(error.message.contains("db.chat3.invalid"))
    await store.close()
  }

  @Test("asking a server without TLS for TLS fails with one sentence")
  func noTLS() async throws {
    let uri = try await MongoServer.sharedURI(options: "tls=true&\(Self.impatient)")
    let store = MongoStore(try MongoConfiguration(uri: uri))
    let error = try await failure { try await store.ping() }
    #expect([.tls, .unreachable].contains(error.code))
    await store.close()
  }

  @Test(
    "a certificate for another name, one of an unknown authority, and an authority file that is not there")
  func certificates() async throws {
    let listener = try await TLSListener(name: "other.example")
    for (options, word) in [
      ("tlsCAFile=\(listener.certificate)", "mismatch"), ("appname=x", "self-signed"),
      ("tlsCAFile=/nowhere/ca.pem", "TLS"),
    ] {
      let uri = "mongodb://127.0.0.1:\(listener.port)/?tls=true&\(options)&\(Self.impatient)"
      let store = MongoStore(try MongoConfiguration(uri: uri))
      let error = try await failure { try await store.ping() }
      #expect(error.code == .tls && !error.isRetryable && error.message.contains(word), "\(error)")
      await store.close()
    }
  }

  @Test("calls to a killed server fail with an error that can be retried, and succeed once it is back")
  func killedAndBack() async throws {
    let server = try await MongoServer(.fast)
    let store = MongoStore(try MongoConfiguration(uri: server.uri(options: Self.impatient)))
    _ = try await store.insert(try makeUpdates(users: ["a"]))
    server.kill()
    for _ in 0..<2 {
      let error = try await failure { _ = try await store.insert(try makeUpdates(users: ["a", "b"])) }
      #expect(error.isRetryable, "\(error)")
      #expect([.unreachable, .connectionLost].contains(error.code))
    }
    #expect(try await failure { _ = try await store.users([EntityKey("t", "a")]) }.isRetryable)
    try await server.start()
    let outcome = try await eventually { try await store.insert(try makeUpdates(users: ["a", "b"])) }
    #expect(outcome.existing.contains(0) && outcome.refused.isEmpty)
    await store.close()
  }

  @Test("a roster that a killed server cuts off throws an error and never ends early")
  func rosterCutOff() async throws {
    let server = try await MongoServer(.exact)
    let store = MongoStore(try MongoConfiguration(uri: server.uri(options: Self.impatient)))
    let records = (0..<3000).map { #"{"tenantId": "t", "dialogId": "d", "userId": "u\#($0)"}"# }
    try await store.insert(records, into: .dialogmembers)
    let roster = try await store.roster(of: EntityKey("t", "d"), after: nil, pageSize: 100)
    #expect(try await roster.next().count == 100)
    server.kill()
    let error = try await failure {
      while !(try await roster.next().isEmpty) {}
    }
    #expect(error.isRetryable)
    #expect(try await failure { _ = try await roster.next() }.isRetryable)
    await store.close()
  }

  @Test("refused credentials have an error of their own, which cannot be retried")
  func credentials() async throws {
    // MONGODB_URI may already have credentials, so this server is a new one. Unknown names are refused by
    // servers without access control as well.
    let server = try await MongoServer(.exact)
    let uri = server.uri(options: Self.impatient)
    let store = MongoStore(
      try MongoConfiguration(uri: uri.replacing("mongodb://", with: "mongodb://someone:s3cret@")))
    let error = try await failure { try await store.ping() }
    #expect(error.code == .authentication && !error.isRetryable, "\(error)")
    #expect(error.message.contains("authSource") && !error.message.contains("s3cret"))
    await store.close()
  }

  @Test("a closed store says so, and closing again does nothing")
  func closed() async throws {
    let store = MongoStore(try MongoConfiguration(uri: try await MongoServer.sharedURI()))
    try await store.ping()
    await store.close()
    await store.close()
    #expect(try await failure { try await store.ping() }.code == .closed)
  }

  /// Repeats a call until it is answered; the driver's own server selection makes the pauses.
  private func eventually<Result>(_ body: () async throws -> Result) async throws -> Result {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      do {
        return try await body()
      } catch let error as MongoStoreError where error.isRetryable && ContinuousClock.now < end {
        continue
      }
    }
  }
}
