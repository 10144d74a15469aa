import TestTraits
import BSON
import MongoStore
import Pipeline
import Testing
import Updates

@Suite("State lines (spec section 9)", .bounded)
struct StateTests {
  @Test("an upsert replaces the record with the same key")
  func upsertReplaces() async throws {
    try await withStore { store in
      try await store.apply(
        #"{"upsert": {"users": [{"tenantId": "t", "userId": "a", "name": "A", "type": "x"}]}}"#)
      try await store.apply(#"{"upsert": {"users": [{"tenantId": "t", "userId": "a", "name": "B"}]}}"#)
      let users = try await store.records(.users)
      #expect(users.map(\.json) == [#"{"tenantId":"t","userId":"a","name":"B"}"#])
    }
  }

  @Test("a delete removes the record with its key")
  func delete() async throws {
    try await withStore { store in
      let key = #"{"tenantId": "t", "dialogId": "d", "userId": "a"}"#
      try await store.apply(
        #"{"upsert": {"dialogmembers": [\#(key), {"tenantId": "t", "dialogId": "d", "userId": "b"}]}}"#)
      try await store.apply(#"{"delete": {"dialogmembers": [\#(key)]}}"#)
      #expect(try await store.records(.dialogmembers).compactMap { $0["userId"]?.string } == ["b"])
    }
  }

  @Test("messagestatuses are appended, even from equal lines; a second replay of the lines adds nothing")
  func statusesAppend() async throws {
    try await withStore { store in
      let line = #"{"upsert": {"messagestatuses": [{"tenantId": "t", "messageId": "m", "userId": "a"}]}}"#
      try await store.apply(line)
      try await store.apply(line)
      #expect(try await store.records(.messagestatuses).count == 2)
      let second = MongoStore(sharing: store)
      try await second.apply(line)
      try await second.apply(line)
      #expect(try await store.records(.messagestatuses).count == 2)
      try await second.apply(line)
      #expect(try await store.records(.messagestatuses).count == 3)
      await second.close()
    }
  }
}
