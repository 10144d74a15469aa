import BSON
import Pipeline
import Testing
import Updates

/// The look-ups of spec section 2, on every kind of store.
@Suite struct DirectoryConformance {
  @Test(arguments: StoreKind.allCases)
  func `§2 records are found by tenant and exact id`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.apply(
        """
        {"upsert": {"users": [{"tenantId": "t", "userId": "Jos\u{E9}", "type": "a"}, {"tenantId": "u", "userId": "carl", "type": "b"}],
        "dialogs": [{"tenantId": "t", "dialogId": "d", "name": "x"}],
        "messages": [{"tenantId": "t", "messageId": "m", "dialogId": "d", "content": "c", "createdAt": 5}]}}
        """)
      let keys: Set = [
        EntityKey("t", "Jos\u{E9}"), EntityKey("t", "Jose\u{301}"), EntityKey("t", "carl"),
        EntityKey("u", "carl"),
        EntityKey("u", "CARL"),
      ]
      let users = try await store.users(keys)
      #expect(
        users.mapValues { $0["type"]?.string } == [
          EntityKey("t", "Jos\u{E9}"): "a", EntityKey("u", "carl"): "b",
        ])
      let dialogs = try await store.dialogs([EntityKey("t", "d"), EntityKey("u", "d")])
      #expect(dialogs.mapValues { $0["name"]?.string } == [EntityKey("t", "d"): "x"])
      let messages = try await store.messages([EntityKey("t", "m"): .content, EntityKey("u", "m"): .position])
      #expect(messages.mapValues { $0["content"]?.string } == [EntityKey("t", "m"): "c"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§2 active members are those whose isActive is not false`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let flags = [
        "", ", \"isActive\": null", ", \"isActive\": true", ", \"isActive\": false",
      ]
      let records = flags.enumerated().map {
        "{\"tenantId\": \"t\", \"dialogId\": \"d\", \"userId\": \"u\($0)\", \"unreadCount\": \($0)\($1)}"
      }
      try await store.apply("{\"upsert\": {\"dialogmembers\": [\(records.joined(separator: ", "))]}}")
      let dialog = EntityKey("t", "d")
      let roster = try await store.rosters([dialog, EntityKey("u", "d")], limit: 10)
      #expect(Set(roster?[dialog]?.map(\.userId.string) ?? []) == ["u0", "u1", "u2"])
      #expect(try await store.rosters([dialog], limit: 2) == nil)
      #expect(try await store.members(of: dialog, limit: 10).count == 4)
      let keys = Set((2...4).map { MemberKey(dialog: dialog, userId: Identifier("u\($0)")) })
      let memberships = try await store.memberships(keys)
      #expect(Set(memberships.values.map { $0["unreadCount"]?.number }) == [2, 3])
      let counts = try await store.membershipCounts([
        EntityKey("t", "u0"), EntityKey("t", "u2"), EntityKey("t", "u3"),
      ])
      #expect(counts[EntityKey("t", "u0")] == MembershipCounts(dialogs: 1, unread: 0))
      #expect(counts[EntityKey("t", "u2")] == MembershipCounts(dialogs: 1, unread: 1))
      #expect(counts[EntityKey("t", "u3")].map { $0 == MembershipCounts(dialogs: 0, unread: 0) } ?? true)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a roster of any size comes in pages, sorted, each member once, from any place on`(kind: StoreKind)
    async throws
  {
    try await kind.withStore { store in
      for start in stride(from: 0, to: 600, by: 200) {
        let records = (start..<start + 200).map {
          "{\"tenantId\": \"t\", \"dialogId\": \"d\", \"userId\": \"u\($0)\"}"
        }
        try await store.apply("{\"upsert\": {\"dialogmembers\": [\(records.joined(separator: ", "))]}}")
      }
      let roster = try await store.roster(of: EntityKey("t", "d"), after: nil, pageSize: 70)
      var seen: [String] = []
      var largest = 0
      while true {
        let members = try await roster.next()
        if members.isEmpty { break }
        largest = max(largest, members.count)
        seen += members.map(\.userId.string)
      }
      #expect(seen.count == 600)
      #expect(Set(seen).count == 600)
      #expect(largest <= 70)
      let sorted = seen.sorted()
      #expect(seen == sorted)
      let rest = try await store.roster(
        of: EntityKey("t", "d"), after: Identifier(sorted[599 - 40]), pageSize: 70)
      #expect(try await rest.next().map(\.userId.string) == sorted.suffix(40))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§3.1 statuses come newest first, and those of the sender are not counted`(kind: StoreKind)
    async throws
  {
    try await kind.withStore { store in
      let records = [
        ("a", "user", "read", 3), ("b", "bot", "read", 5), ("a", "user", "unread", 1),
        ("s", "user", "read", 4),
      ]
      let texts = records.map {
        "{\"tenantId\": \"t\", \"messageId\": \"m\", \"userId\": \"\($0.0)\", \"userType\": \"\($0.1)\", \"status\": \"\($0.2)\", \"createdAt\": \($0.3)}"
      }
      try await store.apply("{\"upsert\": {\"messagestatuses\": [\(texts.joined(separator: ", "))]}}")
      let message = EntityKey("t", "m")
      let statuses = try await store.statuses([message], limit: 3)
      #expect(statuses[message]?.map { $0["createdAt"]?.integer } == [5, 4, 3])
      let key = StatusCountKey(message: message, senderId: Identifier("s"))
      let counts = try await store.statusCounts([key])[key] ?? []
      #expect(
        Set(counts.map { "\($0.userType ?? "-") \($0.status ?? "-") \($0.count)" })
          == ["user read 1", "user unread 1", "bot read 1"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§6 newer is a greater createdAt, then a greater messageId`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let records = [("m1", "a", 1), ("m2", "a", 2), ("m3", "b", 2), ("m4", "a", 3)].map {
        "{\"tenantId\": \"t\", \"dialogId\": \"d\", \"messageId\": \"\($0.0)\", \"senderId\": \"\($0.1)\", \"createdAt\": \($0.2)}"
      }
      try await store.apply("{\"upsert\": {\"messages\": [\(records.joined(separator: ", "))]}}")
      let dialog = EntityKey("t", "d")
      let exact = MessagePosition(dialog: dialog, createdAt: .integer(2), messageId: Identifier("m2"))
      let timed = MessagePosition(dialog: dialog, createdAt: .double(2), messageId: nil)
      let newer = try await store.newerMessages([exact, timed])
      #expect(newer[exact]?.total == 2)
      #expect(newer[exact]?.bySender[Identifier("a")] == 1)
      #expect(newer[timed]?.total == 1)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `§2 metas are objects of keys and values, for each kind of entity`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let member = MemberKey(dialog: EntityKey("t", "d"), userId: Identifier("u"))
      let records = [
        ("user", "u", "a", "1"), ("user", "u", "", "[2]"), ("dialogMember", "d:u", "p", "true"),
        ("dialogMember", "d:v", "p", "false"),
      ]
      let texts = records.map {
        "{\"tenantId\": \"t\", \"entityType\": \"\($0.0)\", \"entityId\": \"\($0.1)\", \"key\": \"\($0.2)\", \"value\": \($0.3)}"
      }
      try await store.apply("{\"upsert\": {\"metas\": [\(texts.joined(separator: ", "))]}}")
      let user = MetaKey(tenantId: Identifier("t"), entity: .user, entityId: Identifier("u"))
      let other = MetaKey(tenantId: Identifier("t"), entity: .dialog, entityId: Identifier("u"))
      let metas = try await store.metas([user, other, MetaKey(member)])
      #expect(metas[user]?["a"]?.integer == 1)
      #expect(metas[user]?[""]?.array != nil)
      #expect(metas[MetaKey(member)]?.text == "{\"p\":true}")
      #expect(metas[other] == nil)
    }
  }
}
