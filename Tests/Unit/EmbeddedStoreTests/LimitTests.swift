import BSON
import EmbeddedStore
import Pipeline
import ScriptedEnds
import TestKit
import TestTraits
import Testing
import Updates

/// The largest update that is stored (spec section 8: what MongoDB refuses).
@Suite(.bounded) struct LimitTests {
  private static let limit = 16 * 1024 * 1024

  /// An update of this size once it is published.
  private func update(_ size: Int, user: String = "a") throws -> Update {
    let empty = try update(padding: 0, user)
    return try update(padding: size - empty.byteCount, user)
  }

  private func update(padding: Int, _ user: String) throws -> Update {
    var meta = BSONWriter(capacity: padding + 64)
    meta.append("text", longText("x", times: padding))
    let key = scriptedKey(user)
    let content = UpdateContent(
      statisticsOf: key, userType: "user", meta: meta.finish(), counts: .none, updatedFields: [],
      eventId: try ScriptedEvent.userUpdate(1, user: user).id, eventCreatedAt: nil)
    var update = Update(content: content, userId: key.id, userType: "user", member: nil)
    update.createdAt = 1000
    return update
  }

  @Test func `§8 an update of just 16 MiB once published is stored, published and read`() async throws {
    let store = try EmbeddedStore.inMemory()
    let update = try update(Self.limit)
    #expect(try await store.insert([update]) == [.new])
    try await store.markPublished([update.id], at: 2000)
    #expect(try await store.all().map(\.document.bytes.count) == [Self.limit])
  }

  @Test func `§8 an update of one byte more is refused with both numbers`() async throws {
    let store = try EmbeddedStore.inMemory()
    #expect(
      try await store.insert([update(Self.limit + 1)])
        == [.refused("its document has 16777217 bytes; MongoDB stores at most 16777216")])
    #expect(try await store.all().isEmpty)
  }

  @Test func `§8 what is refused takes nothing else with it`() async throws {
    let store = try EmbeddedStore.inMemory()
    let outcomes = try await store.insert([
      update(1000, user: "a"), update(Self.limit + 1, user: "b"), update(1000, user: "c"),
    ])
    #expect(outcomes.map { $0 == .new } == [true, false, true])
    #expect(try await store.all().map(\.userId.string) == ["a", "c"])
  }
}
