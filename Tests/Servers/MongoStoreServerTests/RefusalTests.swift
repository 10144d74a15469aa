import BSON
import LiveHarness
import MongoStore
import Pipeline
import ScriptedEnds
import TestServers
import TestTraits
import Testing
import Updates

/// What a replica set answers in an election, a shutdown or an overload, and what becomes of the call (spec
/// sections 7.3 and 8). SecantusDB gives these answers on request.
@Suite(.bounded, .serialized) struct RefusalTests {
  private static let server = Task { try await MongoServer(.secantusDB) }
  private static let options =
    "replicaSet=\(MongoProgram.replicaSet)&socketTimeoutMS=700&heartbeatFrequencyMS=500"

  /// Lends a store on a server that fails on request.
  private func withStore(_ body: (MongoStore, FailPoint) async throws -> Void) async throws {
    let server = try await Self.server.value
    let failPoint = try FailPoint(server)
    let store = MongoStore(try MongoConfiguration(uri: server.uri(options: Self.options)))
    do {
      try await body(store, failPoint)
    } catch {
      try failPoint.clear()
      await store.close()
      throw error
    }
    await store.close()
  }

  private static let failures: [FailPoint.Failure] =
    [10107, 189, 11600, 11602, 91, 6, 89, 262, 50, 24, 112, 43, 399, 8000, 50_000_001].map(
      FailPoint.Failure.refusal) + [.closedConnection, .lateAnswer(900)]
  private static let writeConcern = [64, 91, 100, 11600, 8000].map(FailPoint.Failure.writeConcern)

  /// Expects the call to fail with an error that can be retried, and to succeed when it is made again.
  private func check<Result>(
    _ failure: FailPoint.Failure, of command: String, _ failPoint: FailPoint,
    _ call: () async throws -> Result, _ outcome: (Result) throws -> Void
  ) async throws {
    // Twice, because the driver itself tries some calls again.
    try failPoint.set(failure, of: [command], times: 2)
    do {
      _ = try await call()
      Issue.record("\(command) succeeds in spite of \(failure)")
    } catch let error as MongoStoreError {
      #expect(error.isRetryable, "\(command), \(failure): \(error)")
      #expect(error.code != .refused, "\(command), \(failure): \(error)")
    }
    try failPoint.clear()
    let end = ContinuousClock.now + .seconds(20)
    while true {
      do {
        try outcome(try await call())
        return
      } catch let error as MongoStoreError where error.isRetryable && ContinuousClock.now < end {
        // The driver may not have found the primary again.
        continue
      }
    }
  }

  @Test func `§8 no failure of the server gives up an update, and the same insert succeeds later`()
    async throws
  {
    try await withStore { store, failPoint in
      for (number, failure) in (Self.failures + Self.writeConcern).enumerated() {
        let updates = try makeUpdates(
          event: "64b0000000000000000000" + String(16 + number, radix: 16), users: ["a", "b", "c"])
        try await check(failure, of: "insert", failPoint) {
          try await store.insert(updates)
        } _: { outcome in
          // An earlier attempt may have stored some of them.
          #expect(outcome.refused.isEmpty, "\(failure)")
        }
      }
      let records = try await store.records(.updates)
      #expect(records.count == 3 * (Self.failures + Self.writeConcern).count)
    }
  }

  @Test func `a mark that fails is made when it is tried again`() async throws {
    try await withStore { store, failPoint in
      let updates = try makeUpdates(users: ["a", "b"])
      _ = try await store.insert(updates)
      for (number, failure) in (Self.failures + Self.writeConcern).enumerated() {
        try await check(failure, of: "update", failPoint) {
          try await store.markPublished(updates.map(\.id), at: Double(number) + 0.5)
        } _: {
        }
        let times = try await store.records(.updates).map { $0["publishedAt"]?.number }
        #expect(times == [Double(number) + 0.5, Double(number) + 0.5], "\(failure)")
      }
    }
  }

  @Test func `a look-up that fails finds everything when it is made again`() async throws {
    try await withStore { store, failPoint in
      try await store.apply(#"{"upsert": {"users": [{"tenantId": "t", "userId": "a", "name": "A"}]}}"#)
      for failure in Self.failures {
        try await check(failure, of: "find", failPoint) {
          try await store.users([EntityKey("t", "a")])
        } _: { users in
          #expect(users.count == 1, "\(failure)")
        }
      }
    }
  }

  @Test func `the indexes are made when a start that failed is tried again`() async throws {
    try await withStore { store, failPoint in
      for failure in Self.failures {
        try await check(failure, of: "createIndexes", failPoint) {
          try await store.prepare()
        } _: {
        }
      }
    }
  }

  @Test func `a roster whose next page fails throws and never ends early`() async throws {
    try await withStore { store, failPoint in
      let records = (0..<300).map { #"{"tenantId": "t", "dialogId": "d", "userId": "u\#($0)"}"# }
      try await store.insert(records, into: .dialogmembers)
      for failure in Self.failures {
        let roster = try await eventually {
          try await store.roster(of: EntityKey("t", "d"), after: nil, pageSize: 100)
        }
        let first = try await eventually { try await roster.next() }
        #expect(first.count == 100)
        try failPoint.set(failure, of: ["getMore"], times: 1)
        do {
          var count = first.count
          while case let members = try await roster.next(), !members.isEmpty { count += members.count }
          Issue.record("\(failure): the roster ended after \(count) members")
        } catch let error as MongoStoreError {
          #expect(error.isRetryable, "\(failure): \(error)")
        }
        try failPoint.clear()
      }
    }
  }

  /// Repeats a call until the driver has found the primary again.
  private func eventually<Result>(_ body: () async throws -> Result) async throws -> Result {
    let end = ContinuousClock.now + .seconds(20)
    while true {
      do {
        return try await body()
      } catch let error as MongoStoreError where error.isRetryable && ContinuousClock.now < end {
        continue
      }
    }
  }

  @Test func `a refusal of the settings is no reason to give an update up`() async throws {
    try await withStore { store, failPoint in
      for code in [2, 9, 14, 59, 20] {
        try failPoint.set(.refusal(code), of: ["insert"], times: 1)
        let error = await #expect(throws: MongoStoreError.self) {
          _ = try await store.insert(try makeUpdates(users: ["a", "b"]))
        }
        #expect(error?.isRetryable == false && error?.code == .server, "\(code)")
      }
      try failPoint.clear()
    }
  }

  @Test func `a missing right on a collection is named`() async throws {
    try await withStore { store, failPoint in
      try failPoint.set(.refusal(13), of: ["find"], times: 1)
      let error = await #expect(throws: MongoStoreError.self) {
        _ = try await store.users([EntityKey("t", "a")])
      }
      #expect(
        error?.message.contains("the action find on the collection users") == true, "\(error?.message ?? "")")
      try failPoint.clear()
    }
  }
}
