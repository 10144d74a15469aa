import ScriptedEnds
import TestTraits
import BSON
import MongoStore
import Pipeline
import Testing
import Updates

@Suite("Look-ups by id (spec section 2)", .bounded)
struct DirectoryTests {
  @Test("users are found by tenant and exact userId, with type, name and createdAt")
  func users() async throws {
    try await withStore { store in
      try await store.apply(
        #"""
        {"upsert": {"users": [
          {"tenantId": "t", "userId": "ann", "type": "bot", "name": "Ann", "createdAt": 5.25, "secret": 1},
          {"tenantId": "u", "userId": "ann", "type": "user"}, {"tenantId": "t", "userId": "Bob"}]}}
        """#)
      let found = try await store.users([EntityKey("t", "ann"), EntityKey("t", "bob"), EntityKey("u", "ann")])
      #expect(found.count == 2)
      let ann = try unwrap(found[EntityKey("t", "ann")])
      #expect(
        ann["name"]?.string == "Ann" && ann["type"]?.string == "bot" && ann["createdAt"]?.number == 5.25)
      #expect(ann["secret"] == nil)
      #expect(found[EntityKey("u", "ann")]?["type"]?.string == "user")
    }
  }

  @Test("ids compare byte by byte: é and e with a combining accent are two users")
  func idsCompareByBytes() async throws {
    try await withStore { store in
      try await store.apply(#"{"upsert": {"users": [{"tenantId": "t", "userId": "\u00e9", "name": "one"}]}}"#)
      let (one, other) = (EntityKey("t", "\u{e9}"), EntityKey("t", "e\u{301}"))
      #expect(try await store.users([one])[one]?["name"]?.string == "one")
      #expect(try await store.users([other]).isEmpty)
      try await store.apply(
        #"{"upsert": {"users": [{"tenantId": "t", "userId": "e\u0301", "name": "two"}]}}"#)
      let both = try await store.users([one, other])
      #expect(both[one]?["name"]?.string == "one" && both[other]?["name"]?.string == "two")
    }
  }

  @Test(
    "an id that looks like a query is only an id", arguments: ["{\"$ne\": null}", "$where", "a.b", "*", "#"])
  func idsAreNeverQueries(id: String) async throws {
    try await withStore { store in
      try await store.apply(#"{"upsert": {"dialogs": [{"tenantId": "t", "dialogId": "d"}]}}"#)
      #expect(try await store.dialogs([EntityKey("t", id)]).isEmpty)
      #expect(try await store.rosters([EntityKey("t", id)], limit: 10)?.isEmpty == true)
    }
  }

  @Test("dialogs come with all fields but _id")
  func dialogs() async throws {
    try await withStore { store in
      try await store.apply(
        #"{"upsert": {"dialogs": [{"tenantId": "t", "dialogId": "d", "name": "N", "open": {"a": [1, 2]}}]}}"#)
      let dialog = try unwrap(
        try await store.dialogs([EntityKey("t", "d"), EntityKey("t", "e")]).values.first)
      #expect(dialog.json == #"{"tenantId":"t","dialogId":"d","name":"N","open":{"a":[1,2]}}"#)
    }
  }

  @Test("messages come with their position, or with all fields if the event does not carry them")
  func messages() async throws {
    try await withStore { store in
      let message = #""dialogId": "d", "senderId": "s", "createdAt": 7.5, "content": "hi", "type": "text""#
      try await store.apply(
        #"""
        {"upsert": {"messages": [{"tenantId": "t", "messageId": "m", \#(message)},
                                 {"tenantId": "t", "messageId": "n", \#(message)}]}}
        """#)
      let found = try await store.messages([
        EntityKey("t", "m"): .position, EntityKey("t", "n"): .content, EntityKey("u", "m"): .content,
      ])
      #expect(found.count == 2)
      let position = try unwrap(found[EntityKey("t", "m")])
      #expect(position["dialogId"]?.string == "d" && position["createdAt"]?.number == 7.5)
      #expect(position["senderId"]?.string == "s" && position["content"] == nil)
      #expect(found[EntityKey("t", "n")]?["content"]?.string == "hi")
    }
  }

  @Test("the metas of an entity make one object; an absent value is null; kinds and tenants stay apart")
  func metas() async throws {
    try await withStore { store in
      try await store.apply(
        #"""
        {"upsert": {"metas": [
          {"tenantId": "t", "entityType": "user", "entityId": "x", "key": "b", "value": {"deep": [true]}},
          {"tenantId": "t", "entityType": "user", "entityId": "x", "key": "a"},
          {"tenantId": "t", "entityType": "user", "entityId": "x", "key": "$w.z", "value": 9007199254740993},
          {"tenantId": "t", "entityType": "dialog", "entityId": "x", "key": "c", "value": 1},
          {"tenantId": "u", "entityType": "user", "entityId": "x", "key": "d", "value": 2},
          {"tenantId": "t", "entityType": "dialogMember", "entityId": "x:y", "key": "e", "value": "v"}]}}
        """#)
      let found = try await store.metas([
        MetaKey("t", .user, "x"), MetaKey("t", .dialog, "x"), MetaKey("t", .message, "x"),
        MetaKey(MemberKey("t", "x", "y")),
      ])
      #expect(found.count == 3)
      #expect(
        found[MetaKey("t", .user, "x")]?.json == #"{"$w.z":9007199254740993,"a":null,"b":{"deep":[true]}}"#)
      #expect(found[MetaKey("t", .dialog, "x")]?.json == #"{"c":1}"#)
      #expect(found[MetaKey(MemberKey("t", "x", "y"))]?.json == #"{"e":"v"}"#)
    }
  }

  @Test("memberships whose ids, joined by a colon, make the same entityId have the same metas")
  func ambiguousMetas() async throws {
    try await withStore { store in
      try await store.apply(
        #"""
        {"upsert": {"metas": [
          {"tenantId": "t", "entityType": "dialogMember", "entityId": "a:b:c", "key": "k", "value": 1}]}}
        """#)
      let keys: Set = [MetaKey(MemberKey("t", "a:b", "c")), MetaKey(MemberKey("t", "a", "b:c"))]
      let found = try await store.metas(keys)
      #expect(Set(found.keys) == keys && found.values.allSatisfy { $0.json == #"{"k":1}"# })
    }
  }

  @Test("look-ups of thousands of ids are split into several queries, and none is lost")
  func manyIds() async throws {
    try await withStore { store in
      let records = (0..<2500).map { #"{"tenantId": "t", "userId": "u\#($0)"}"# }
      try await store.insert(records, into: .users)
      let found = try await store.users(Set((0..<3000).map { EntityKey("t", "u\($0)") }))
      #expect(found.count == 2500)
    }
  }

  @Test("an empty set of keys sends no query")
  func emptySets() async throws {
    let store = MongoStore(try MongoConfiguration(uri: "mongodb://127.0.0.1:1/"))
    #expect(try await store.users([]).isEmpty)
    #expect(try await store.metas([]).isEmpty)
    #expect(try await store.memberships([]).isEmpty)
    #expect(try await store.rosters([], limit: 5)?.isEmpty == true)
    #expect(try await store.statuses([], limit: 5).isEmpty)
    #expect(try await store.statusCounts([]).isEmpty)
    #expect(try await store.newerMessages([]).isEmpty)
    #expect(try await store.membershipCounts([]).isEmpty)
    #expect(try await store.messages([:]).isEmpty)
    try await store.markPublished([], at: 1)
    #expect(try await store.insert([]).existing.isEmpty)
  }
}
