import BSON
import Maintenance
import Pipeline
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// The records of the state, as a copied event takes them along.
@Suite(.bounded) struct StateRecordsTests {
  private static let state = #"""
    {"upsert":{"users":[{"tenantId":"t","userId":"a","name":"A"},{"tenantId":"other","userId":"a"}],
    "dialogs":[{"tenantId":"t","dialogId":"d"}],
    "dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"a"},{"tenantId":"t","dialogId":"d","userId":"b"},
      {"tenantId":"t","dialogId":"d","userId":"c"},{"tenantId":"t","dialogId":"d","userId":"gone","isActive":false},
      {"tenantId":"t","dialogId":"e","userId":"a"}],
    "messages":[{"tenantId":"t","messageId":"m1","dialogId":"d","createdAt":1},
      {"tenantId":"t","messageId":"m2","dialogId":"d","createdAt":2},
      {"tenantId":"t","messageId":"m3","dialogId":"d","createdAt":3}],
    "messagestatuses":[{"tenantId":"t","messageId":"m1","userId":"b","status":"read"},
      {"tenantId":"t","messageId":"m1","userId":"a","status":"sent"},
      {"tenantId":"t","messageId":"m1","userId":"b","status":"sent"}],
    "metas":[{"tenantId":"t","entityType":"user","entityId":"a","key":"k1","value":1},
      {"tenantId":"t","entityType":"user","entityId":"a","key":"k2","value":2},
      {"tenantId":"t","entityType":"dialog","entityId":"a","key":"k3","value":3}]}}
    """#

  /// What a selection finds, in pages of two; of each record the values of some fields.
  private func found(_ selection: StateSelection, _ fields: String...) async throws -> [String] {
    let store = try EmbeddedStore.inMemory()
    try await store.apply(StateChange(JSONReader.object(Array(Self.state.utf8))))
    let stream = try await store.records(selection, of: Identifier("t"))
    var found: [String] = []
    while true {
      let page = try await stream.next(2)
      #expect(page.count <= 2)
      if page.isEmpty { return found }
      found += page.map { record in fields.map { record[$0]?.string ?? "?" }.joined(separator: " ") }
    }
  }

  private static func ids(_ ids: String...) -> [Identifier] { ids.map { Identifier($0) } }

  @Test func `records are found by their ids, in one tenant`() async throws {
    #expect(try await found(.users(Self.ids("a", "nobody")), "tenantId", "name") == ["t A"])
    #expect(try await found(.dialogs(Self.ids("d")), "dialogId") == ["d"])
    #expect(try await found(.messages(Self.ids("m3", "m1")), "messageId") == ["m3", "m1"])
    #expect(try await found(.metas(.user, Self.ids("a")), "key") == ["k1", "k2"])
  }

  @Test func `memberships are found by user, by dialog and by both, as far as they are asked for`()
    async throws
  {
    let named = StateSelection.memberships(dialog: Identifier("d"), users: Self.ids("gone", "a"))
    #expect(try await found(named, "userId") == ["gone", "a"])
    #expect(
      try await found(.activeMembers(Self.ids("d", "e")), "dialogId", "userId") == [
        "d a", "d b", "d c", "e a",
      ])
    #expect(try await found(.activeMemberships(Self.ids("a", "gone")), "dialogId") == ["d", "e"])
  }

  @Test func `messages are found from a time on`() async throws {
    #expect(try await found(.newerMessages(Self.ids("d"), since: 2), "messageId") == ["m2", "m3"])
  }

  @Test func `a history comes by user, in the order in which it was written`() async throws {
    #expect(
      try await found(.statuses(Self.ids("m1")), "userId", "status") == ["a sent", "b read", "b sent"])
  }
}
