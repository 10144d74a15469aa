import BSON
import GRDB
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// Updates come out of the store as they went in.
@Suite(.bounded) struct StoredUpdateRowTests {
  private let store: EmbeddedStore

  init() throws {
    store = try EmbeddedStore.inMemory()
  }

  private func statistics(_ user: String, userType: String = "user") throws -> Update {
    let key = scriptedKey(user)
    let content = UpdateContent(
      statisticsOf: key, userType: userType, meta: .empty, counts: .none, updatedFields: [],
      eventId: try ScriptedEvent.userUpdate(9, user: user).id, eventCreatedAt: nil)
    var update = Update(content: content, userId: key.id, userType: userType, member: nil)
    update.createdAt = 1_763_551_369_397.6482
    return update
  }

  @Test func `an update with the recipient's own membership comes out as it went in`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a"])
    #expect(updates.first?.member != nil)
    _ = try await store.insert(updates)
    #expect(try await store.all().map(\.document) == updates.map { $0.document() })
  }

  @Test func `an update about somebody else's membership comes out as it went in`() async throws {
    let updates = try ScriptedEvent.memberAdd(1, user: "b").updates(for: ["a"])
    _ = try await store.insert(updates)
    #expect(try await store.all().map(\.document) == updates.map { $0.document() })
  }

  @Test func `an update of the category user comes out as it went in`() async throws {
    let updates = try ScriptedEvent.userUpdate(1, user: "a").updates()
    _ = try await store.insert(updates)
    #expect(try await store.all().map(\.document) == updates.map { $0.document() })
  }

  @Test func `derived statistics come out as they went in`() async throws {
    let update = try statistics("a")
    _ = try await store.insert([update])
    #expect(try await store.all().map(\.document) == [update.document()])
  }

  @Test(arguments: ["a\u{0}b", "\u{E9}", "e\u{301}", "'; DROP TABLE updates; --"])
  func `a routing key may hold any text`(userType: String) async throws {
    let update = try statistics("a", userType: userType)
    _ = try await store.insert([update])
    #expect(try await store.all().first?.document == update.document())
  }

  @Test func `more updates than one statement takes come out as they went in`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: (1...60).map { "u\($0)" })
    #expect(try await store.insert(updates).allSatisfy { $0 == .new })
    #expect(try await store.all().map(\.document) == updates.map { $0.document() })
  }

  @Test func `§4 publishing changes published and publishedAt alone`() async throws {
    let update = try #require(try ScriptedEvent.dialogUpdate(1).updates(for: ["a"]).first)
    _ = try await store.insert([update])
    try await store.markPublished([update.id], at: 1_763_551_369_397.6482)
    let expected = update.document().replacing { output in
      output.append("published", true)
      output.append("publishedAt", 1_763_551_369_397.6482)
    }
    #expect(try await store.all().map(\.document) == [expected])
  }

  @Test func `§4 updates of one event share their content, also when more of them come later`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await store.insert(event.updates(for: ["a"]))
    _ = try await store.insert(event.updates(for: ["a"]))
    let contents = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM contents") }
    #expect(contents == 1, "what no update uses is not kept")
  }

  @Test func `an update that is twice in one call is new once`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a"])
    #expect(try await store.insert(updates + updates).count { $0 == .new } == 1)
    #expect(try await store.all().count == 1)
  }

  @Test func `a call of old and new updates tells which are new`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await store.insert(event.updates(for: ["b", "d"]))
    let outcomes = try await store.insert(event.updates(for: ["a", "b", "c", "d", "e"]))
    #expect(outcomes == [.new, .existing, .new, .existing, .new])
  }

  @Test func `an update that comes again in a later statement of one call is new once`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: (1...30).map { "u\($0)" })
    let outcomes = try await store.insert(updates + updates)
    #expect(outcomes.prefix(30).allSatisfy { $0 == .new })
    #expect(outcomes.dropFirst(30).allSatisfy { $0 == .existing })
  }

  // MARK: - Damage

  @Test(arguments: [
    "UPDATE updates SET member = x'00'", "UPDATE contents SET leading = x'00'",
    "UPDATE contents SET trailing = x'0500000001'", "UPDATE updates SET id = x'00'",
    "UPDATE contents SET eventId = x'00'",
  ])
  func `a damaged row is told as damage`(sql: String) async throws {
    _ = try await store.insert(ScriptedEvent.dialogUpdate(1).updates(for: ["a"]))
    try await store.write { try $0.execute(sql: sql) }
    let error = try await #require(throws: EmbeddedStoreError.self) {
      _ = try await store.unpublished(after: nil, before: 1e15, limit: 10)
    }
    #expect(error.code == .damaged)
    #expect(error.message.hasPrefix("memory: is damaged"))
  }
}
