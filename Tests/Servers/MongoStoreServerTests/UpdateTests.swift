import ScriptedEnds
import TestTraits
import BSON
import MongoStore
import Pipeline
import Testing
import Updates

@Suite("Updates are stored once (spec section 4)", .bounded)
struct UpdateTests {
  @Test("an update is stored with all its fields, whatever keys its data has")
  func stored() async throws {
    try await withStore { store in
      let update = try unwrap(try makeUpdates(users: ["a"]).first)
      let outcome = try await store.insert([update])
      #expect(outcome.existing.isEmpty && outcome.refused.isEmpty)
      let stored = try unwrap(
        try await store.unpublished(of: [event().eventId], tenantId: event().tenantId, after: nil, limit: 10)
          .first)
      #expect(stored.document.json == update.document().json)
      #expect(!stored.isPublished && stored.createdAt == 1000.25 && stored.dialogId == "d")
    }
  }

  @Test("an update that was stored before is told apart from a new one, and the stored version wins")
  func duplicates() async throws {
    try await withStore { store in
      _ = try await store.insert(try makeUpdates(users: ["b", "d"]))
      let again = try makeUpdates(users: ["a", "b", "c", "d", "a"], createdAt: 2000)
      let outcome = try await store.insert(again)
      #expect(outcome.existing == [1, 3, 4] && outcome.refused.isEmpty)
      let all = try await store.unpublished(
        of: [event().eventId], tenantId: event().tenantId, after: nil, limit: 10)
      #expect(all.count == 4)
      #expect(all.first { $0.userId.string == "b" }?.createdAt == 1000.25)
      #expect(try await store.insert(again).existing == [0, 1, 2, 3, 4])
    }
  }

  @Test("a document over 16 MB is refused, and the others are stored")
  func tooLarge() async throws {
    try await withStore { store in
      let large = try makeUpdates(users: ["b"], padding: 16 * 1024 * 1024)
      let outcome = try await store.insert(try makeUpdates(users: ["a"]) + large + makeUpdates(users: ["c"]))
      #expect(outcome.existing.isEmpty && Set(outcome.refused.keys) == [1])
      #expect(outcome.refused[1]?.contains("16777216") == true)
      let users = try await store.unpublished(
        of: [event().eventId], tenantId: event().tenantId, after: nil, limit: 10
      ).map(\.userId.string)
      #expect(Set(users) == ["a", "c"])
    }
  }

  @Test("documents with more bytes than one call should carry are stored by several calls")
  func manyBytes() async throws {
    try await withStore { store in
      let updates = try makeUpdates(users: (0..<12).map { "u\($0)" }, padding: 1_000_000)
      #expect(try await store.insert(updates).refused.isEmpty)
      #expect(try await store.insert(updates).existing == Set(0..<12))
    }
  }

  @Test("unpublished updates of one time come by ascending _id, after a given one, and only of this tenant")
  func unpublished() async throws {
    try await withStore { store in
      _ = try await store.insert(
        try makeUpdates(users: (0..<25).map { "u\($0)" })
          + makeUpdates(event: "64b000000000000000000002", users: ["other"]))
      var found: [StoredUpdate] = []
      while true {
        let page = try await store.unpublished(
          of: [event().eventId], tenantId: event().tenantId, after: found.last, limit: 10)
        if page.isEmpty { break }
        #expect(page.count <= 10)
        found += page
      }
      let ids = found.map(\.id)
      #expect(ids.count == 25 && Set(ids).count == 25)
      #expect(ids.map(\.description) == ids.map(\.description).sorted())
      let elsewhere = EventKey(tenantId: Identifier("u"), eventId: try event().eventId)
      #expect(
        try await store.unpublished(
          of: [elsewhere.eventId], tenantId: elsewhere.tenantId, after: nil, limit: 10
        ).isEmpty)
    }
  }

  @Test("marked updates are published, with the given time; the others are not")
  func markPublished() async throws {
    try await withStore { store in
      let updates = try makeUpdates(users: (0..<1200).map { "u\($0)" })
      _ = try await store.insert(updates)
      try await store.markPublished(updates.dropLast().map(\.id), at: 1_763_551_369_397.5)
      let left = try await store.unpublished(
        of: [event().eventId], tenantId: event().tenantId, after: nil, limit: 10)
      #expect(left.map(\.userId.string) == ["u1199"])
      let records = try await store.records(.updates)
      let marked = records.filter { $0["publishedAt"]?.number == 1_763_551_369_397.5 }
      #expect(marked.count == 1199)
    }
  }

  @Test("updates left unpublished are found by age, whatever their event")
  func leftBehind() async throws {
    try await withStore { store in
      for number in 1...3 {
        _ = try await store.insert(
          try makeUpdates(event: "64b00000000000000000000\(number)", users: ["a"], createdAt: Double(number)))
      }
      #expect(try await store.unpublished(after: nil, before: 3, limit: 10).map(\.createdAt) == [1, 2])
      #expect(try await store.unpublished(after: nil, before: 9, limit: 2).map(\.createdAt) == [1, 2])
    }
  }

  @Test("the indexes of updates are created once; creating them again changes nothing")
  func indexes() async throws {
    try await withStore { store in
      try await store.prepare()
      try await store.prepare()
      let answer = try await store.command(#"{"listIndexes": "updates"}"#)
      let indexes = try unwrap(answer.document("cursor")?["firstBatch"]?.array)
      #expect(
        Set(indexes.compactMap { $0.document?.document("key")?.json }) == [
          #"{"_id":1}"#, #"{"tenantId":1,"userId":1,"createdAt":1}"#, #"{"tenantId":1,"eventId":1}"#,
          #"{"createdAt":1}"#,
        ])
      #expect(
        indexes.compactMap { $0.document?.document("partialFilterExpression")?.json } == [
          #"{"published":false}"#
        ])
    }
  }

  private func event() throws -> EventKey {
    EventKey(tenantId: Identifier("t"), eventId: try unwrap(ObjectId("64b000000000000000000001")))
  }
}
