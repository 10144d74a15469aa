import TestTraits
import BSON
import MongoStore
import Pipeline
import Synchronization
import Testing
import Updates

@Suite("Stored updates are read for inspection (spec section 10)", .bounded)
struct ArchiveTests {
  private func fill(_ store: MongoStore) async throws {
    for number in 1...5 {
      _ = try await store.insert(
        try makeUpdates(
          event: "64b00000000000000000000\(number)", users: ["a", "b"], createdAt: Double(number) + 0.5))
    }
  }

  private func read(
    _ store: MongoStore, _ query: UpdateQuery = UpdateQuery(), stopAfter: Int = .max
  ) async throws -> [StoredUpdate] {
    let updates = Mutex<[StoredUpdate]>([])
    try await store.updates(matching: query) { update in
      updates.withLock {
        $0.append(update)
        return $0.count < stopAfter
      }
    }
    return updates.withLock { $0 }
  }

  private static func query(_ change: (inout UpdateQuery) -> Void) -> UpdateQuery {
    var query = UpdateQuery()
    change(&query)
    return query
  }

  @Test("newest first, as many as asked for, 0 for all")
  func order() async throws {
    try await withStore { store in
      try await fill(store)
      let all = try await read(store, Self.query { $0.limit = 0 })
      #expect(all.map(\.createdAt) == [5.5, 5.5, 4.5, 4.5, 3.5, 3.5, 2.5, 2.5, 1.5, 1.5])
      let three = try await read(store, Self.query { $0.limit = 3 })
      #expect(three.map(\.id) == all.prefix(3).map(\.id))
      #expect(try await read(store, stopAfter: 4).count == 4)
    }
  }

  private static let second = ObjectId("64b000000000000000000002")

  @Test(
    "every filter filters, and they add up",
    arguments: [
      (query { $0.tenantId = "t" }, 10), (query { $0.tenantId = "u" }, 0), (query { $0.userId = "a" }, 5),
      (query { $0.dialogId = "d" }, 10), (query { $0.dialogId = "e" }, 0),
      (query { $0.eventTypes = ["dialog.update", "user.add"] }, 10),
      (query { $0.eventTypes = ["user.add"] }, 0),
      (query { $0.eventId = second }, 2), (query { ($0.eventId, $0.userId) = (second, "b") }, 1),
      (query { $0.onlyUnpublished = true }, 9),
      (query { ($0.onlyUnpublished, $0.userId, $0.eventId) = (true, "b", second) }, 0),
    ])
  func filters(query: UpdateQuery, count: Int) async throws {
    try await withStore { store in
      try await fill(store)
      let one = try await read(store, Self.query { ($0.eventId, $0.userId) = (Self.second, "b") })
      try await store.markPublished(one.map(\.id), at: 9)
      let found = try await read(store, query)
      #expect(found.count == count)
      #expect(one.count == 1 && found.filter(\.isPublished).allSatisfy { $0.id == one.first?.id })
    }
  }

  @Test("many updates are handed out one by one")
  func streams() async throws {
    try await withStore { store in
      _ = try await store.insert(try makeUpdates(users: (0..<1500).map { "u\($0)" }))
      let all = try await read(store, Self.query { $0.limit = 0 })
      #expect(Set(all.map(\.id)).count == 1500)
    }
  }

  @Test("the history of an event is the API's own copy")
  func history() async throws {
    try await withStore { store in
      try await store.apply(
        #"""
        {"upsert": {"events": [
          {"_id": "64b000000000000000000001", "tenantId": "t", "eventType": "message.create",
           "data": {"context": {"dialogId": "d"}}},
          {"_id": {"$oid": "64b000000000000000000002"}, "tenantId": "t", "eventType": "message.delete"}]}}
        """#)
      func history(_ id: String) async throws -> [EventHistory] {
        try await store.history(of: try unwrap(ObjectId(id)))
      }
      let tenant = Identifier("t")
      #expect(
        try await history("64b000000000000000000001") == [
          EventHistory(tenantId: tenant, eventType: "message.create", dialogId: "d", outcome: .handled)
        ])
      #expect(
        try await history("64b000000000000000000002") == [
          EventHistory(tenantId: tenant, eventType: "message.delete", dialogId: nil, outcome: .ignored)
        ])
      #expect(try await history("64b000000000000000000003").isEmpty)
    }
  }
}
