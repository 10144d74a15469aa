import Maintenance
import ScriptedEnds
import BSON
import Pipeline
import Synchronization
import Testing
import Updates

/// Storing, publishing marks and reading, on every kind of store.
@Suite struct UpdateStoreConformance {
  private func stored(_ store: any UpdateCatalog, _ change: (inout UpdateQuery) -> Void = { _ in })
    async throws -> [StoredUpdate]
  {
    let found = Mutex<[StoredUpdate]>([])
    var query = UpdateQuery()
    change(&query)
    try await store.updates(matching: query) { update in
      found.withLock { $0.append(update) }
      return true
    }
    return found.withLock { $0 }
  }

  @Test(arguments: StoreKind.allCases)
  func `§4 an update is stored once, and the stored version wins`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let first = try makeUpdates(users: ["a", "b"])
      #expect(try await store.insert(first).existing == [])
      let again = try makeUpdates(users: ["b", "c"], padding: 10)
      #expect(try await store.insert(again).existing == [0])
      let all = try await stored(store)
      #expect(all.count == 3)
      let b = try #require(all.first { $0.userId.string == "b" })
      #expect(b.document.text == first[1].document().text)
      #expect(b.dialogId == "d")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§8 a document over 16 MiB is refused, and the others are stored`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let updates =
        try makeUpdates(event: 1, users: ["a"]) + makeUpdates(event: 2, users: ["b"], padding: 17 << 20)
        + makeUpdates(event: 3, users: ["c"])
      let outcome = try await store.insert(updates)
      #expect(Set(outcome.refused.keys) == [1])
      #expect(try await stored(store).count == 2)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§4 updates are marked as published, and unmarked ones are found by event and by id`(kind: StoreKind)
    async throws
  {
    try await kind.withStore { store in
      let updates = try makeUpdates(users: ["a", "b", "c"])
      _ = try await store.insert(updates)
      try await store.markPublished([updates[1].id], at: 2000.5)
      let event = EventKey(tenantId: Identifier("t"), eventId: updates[0].content.eventId)
      let left = try await store.unpublished(
        of: [event.eventId], tenantId: event.tenantId, after: nil, limit: 10)
      #expect(
        left.map(\.id) == [updates[0].id, updates[2].id], "they come in the order in which they were made")
      let behind = try await store.unpublished(
        of: [event.eventId], tenantId: event.tenantId, after: left[0], limit: 10)
      #expect(behind.map(\.id) == [left[1].id])
      #expect(
        try await store.unpublished(of: [event.eventId], tenantId: event.tenantId, after: nil, limit: 1).count
          == 1)
      let other = EventKey(tenantId: Identifier("u"), eventId: event.eventId)
      #expect(
        try await store.unpublished(of: [other.eventId], tenantId: other.tenantId, after: nil, limit: 10)
          .isEmpty)
      #expect(Set(try await store.unpublished(among: updates.map(\.id)).map(\.id)) == Set(left.map(\.id)))
      let published = try #require(try await stored(store).first { $0.id == updates[1].id })
      #expect(published.isPublished)
      #expect(published.document["publishedAt"]?.number == 2000.5)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§7.5 updates that were never confirmed are found by age, in the order in which they were made`(
    kind: StoreKind
  )
    async throws
  {
    try await kind.withStore { store in
      // Both events have updates that were made at 1000, 1001 and 1002.
      let updates =
        try makeUpdates(event: 1, users: ["a", "b", "c"]) + makeUpdates(event: 2, users: ["d", "e", "f"])
      _ = try await store.insert(updates)
      try await store.markPublished([updates[1].id], at: 2000.5)
      let first = try await store.unpublished(after: nil, before: 1002, limit: 1)
      #expect(
        Set(first.map(\.id)) == [updates[0].id, updates[3].id], "updates of one time are returned together")
      let second = try await store.unpublished(after: first.last?.createdAt, before: 1002, limit: 1)
      #expect(second.map(\.id) == [updates[4].id])
      #expect(try await store.unpublished(after: second.last?.createdAt, before: 1002, limit: 1).isEmpty)
      let all = try await store.unpublished(after: nil, before: 1003, limit: 10)
      #expect(all.map(\.createdAt) == [1000, 1000, 1001, 1002, 1002])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§10 updates are read newest first, by every filter`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      _ = try await store.insert(makeUpdates(event: 1, users: ["a", "b", "c"]))
      #expect(try await stored(store).map(\.userId.string) == ["c", "b", "a"])
      #expect(try await stored(store) { $0.limit = 2 }.count == 2)
      #expect(try await stored(store) { $0.limit = 0 }.count == 3)
      #expect(try await stored(store) { $0.userId = "b" }.count == 1)
      #expect(try await stored(store) { $0.tenantId = "u" }.isEmpty)
      #expect(try await stored(store) { $0.dialogId = "d" }.count == 3)
      #expect(try await stored(store) { $0.dialogId = "e" }.isEmpty)
      #expect(try await stored(store) { $0.eventTypes = ["dialog.update"] }.count == 3)
      #expect(try await stored(store) { $0.eventTypes = ["user.update"] }.isEmpty)
      #expect(try await stored(store) { $0.onlyUnpublished = true }.count == 3)
      #expect(try await stored(store) { $0.eventId = ObjectId("000000000000000000000001") }.count == 3)
      #expect(try await stored(store) { $0.eventId = ObjectId("000000000000000000000002") }.isEmpty)
    }
  }
}
