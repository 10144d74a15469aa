import BSON
import LiveHarness
import MongoStore
import Pipeline
import TestServers
import TestTraits
import Testing
import Updates

/// What bounds the look-ups of those who do not wait for long.
@Suite(.bounded, .serialized) struct LookUpLimitTests {
  private static let server = Task { try await MongoServer(.secantusDB) }

  @Test func `every request of a store with a limit tells the server, and none of one without`() async throws
  {
    let server = try await Self.server.value
    for limit in [Duration.seconds(2), nil] {
      let uri = server.uri()
      let recorder = try MongoRecorder(before: MongoRecorder.port(of: uri))
      defer { recorder.close() }
      var configuration = try MongoConfiguration(uri: recorder.uri(instead: uri))
      configuration.longestLookUp = limit
      let store = MongoStore(configuration)
      let (dialog, user) = (EntityKey("t", "d"), EntityKey("t", "u"))
      let id = try #require(ObjectId("64b000000000000000000001"))
      _ = try await store.events(of: id)
      _ = try await store.history(of: id)
      _ = try await store.update(id)
      _ = try await store.members(of: dialog, limit: 3)
      _ = try await store.memberships(of: user, limit: 3)
      _ = try await store.membershipCounts([user])
      _ = try await store.users([user])
      _ = try await store.lastVerification()
      _ = try await UserReport(of: user, in: store, limit: 3, cursor: nil, patience: .seconds(1))
      _ = try await EventReport.all(of: id, tenantId: nil, in: store)
      await store.close()
      let finds = try recorder.commands().filter {
        ["find", "aggregate", "listIndexes", "count"].contains($0.name)
      }
      #expect(finds.count >= 10)
      let bounds = finds.map { $0.body["maxTimeMS"]?.integer }
      if limit == nil {
        #expect(bounds.contains(nil))
      } else {
        #expect(bounds.allSatisfy { $0.map { (1...2000).contains($0) } ?? false }, "\(bounds)")
      }
    }
  }

  @Test func `nothing is begun for a caller that has given up`() async throws {
    var configuration = try MongoConfiguration(uri: try await Self.server.value.uri())
    configuration.longestLookUp = .seconds(2)
    let store = MongoStore(configuration)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.ping()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    await store.close()
  }

  @Test func `a search whose time is up before it came anywhere names no place to go on`() async throws {
    let server = try await Self.server.value
    let failPoint = try FailPoint(server)
    let store = MongoStore(try MongoConfiguration(uri: server.uri()))
    _ = try await store.insert(try makeUpdates(users: ["a", "b"]))
    var byUser = UpdateQuery()
    (byUser.tenantId, byUser.userId) = ("t", "a")
    var unpublished = UpdateQuery()
    (unpublished.onlyUnpublished, unpublished.dialogId) = (true, "d")
    for var query in [byUser, unpublished] {
      for cursor in [nil, UpdateCursor.before(5000)] {
        query.cursor = cursor
        // The driver tries a find once more.
        try failPoint.set(.refusal(50), of: ["find"], times: 2)
        let page = try await store.page(of: query, patience: .milliseconds(1))
        try failPoint.clear()
        #expect(page.next == nil && page.updates.isEmpty && !page.searched.isComplete, "\(query)")
        #expect(try await store.page(of: query, patience: .seconds(60)).searched.isComplete)
      }
    }
    await store.close()
  }
}
