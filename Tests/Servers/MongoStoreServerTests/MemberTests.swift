import TestTraits
import BSON
import MongoStore
import Pipeline
import Testing
import Updates

@Suite("Memberships (spec section 2)", .bounded)
struct MemberTests {
  private static let members = #"""
    {"upsert": {"dialogmembers": [
      {"tenantId": "t", "dialogId": "d", "userId": "a", "unreadCount": 2, "lastSeenAt": 1.5, "isActive": true},
      {"tenantId": "t", "dialogId": "d", "userId": "b", "isActive": false, "unreadCount": 1},
      {"tenantId": "t", "dialogId": "d", "userId": "c", "note": "x"},
      {"tenantId": "t", "dialogId": "e", "userId": "a", "unreadCount": 0},
      {"tenantId": "t", "dialogId": "e", "userId": "c", "isActive": null, "unreadCount": 1},
      {"tenantId": "u", "dialogId": "d", "userId": "z", "unreadCount": 1}]}}
    """#

  @Test("memberships are found, active or not, for exactly the given pairs, each with its four fields")
  func memberships() async throws {
    try await withStore { store in
      try await store.apply(Self.members)
      let found = try await store.memberships([
        MemberKey("t", "d", "a"), MemberKey("t", "d", "b"), MemberKey("t", "e", "c"),
        MemberKey("u", "d", "a"),
      ])
      #expect(
        Set(found.keys) == [MemberKey("t", "d", "a"), MemberKey("t", "d", "b"), MemberKey("t", "e", "c")])
      #expect(found[MemberKey("t", "d", "a")]?["lastSeenAt"]?.number == 1.5)
      #expect(found[MemberKey("t", "d", "b")]?["isActive"]?.bool == false)
    }
  }

  @Test("a member is inactive only if isActive is false: absent and null mean active")
  func rosters() async throws {
    try await withStore { store in
      try await store.apply(Self.members)
      let rosters = try unwrap(
        try await store.rosters([EntityKey("t", "d"), EntityKey("t", "e"), EntityKey("t", "none")], limit: 4))
      #expect(rosters[EntityKey("t", "d")]?.map(\.userId.string).sorted() == ["a", "c"])
      #expect(rosters[EntityKey("t", "e")]?.map(\.userId.string).sorted() == ["a", "c"])
      #expect(rosters[EntityKey("t", "none")]?.isEmpty ?? true)
      let ann = try unwrap(rosters[EntityKey("t", "d")]?.first { $0.userId.string == "a" })
      #expect(ann.record["unreadCount"]?.integer == 2)
    }
  }

  @Test("rosters that together exceed the limit are not returned")
  func rosterLimit() async throws {
    try await withStore { store in
      try await store.apply(Self.members)
      let dialogs: Set = [EntityKey("t", "d"), EntityKey("t", "e")]
      #expect(try await store.rosters(dialogs, limit: 3) == nil)
      #expect(try await store.rosters(dialogs, limit: 4) != nil)
      let ofTwoTenants: Set = [EntityKey("t", "d"), EntityKey("u", "d")]
      #expect(try await store.rosters(ofTwoTenants, limit: 2) == nil)
      #expect(try await store.rosters(ofTwoTenants, limit: 3) != nil)
    }
  }

  @Test("a roster of 3000 members comes in pages, each member once, even if a record is there twice")
  func largeRoster() async throws {
    try await withStore { store in
      let records = (0..<3000).map {
        #"{"tenantId": "t", "dialogId": "d", "userId": "u\#($0)", "unreadCount": 1, "isActive": true}"#
      }
      try await store.insert(records + records.prefix(3), into: .dialogmembers)
      let roster = try await store.roster(of: EntityKey("t", "d"), after: nil, pageSize: 1000)
      var ids: Set<Identifier> = []
      var count = 0
      while true {
        let members = try await roster.next()
        if members.isEmpty { break }
        #expect(members.count <= 1000)
        count += members.count
        ids.formUnion(members.map(\.userId))
      }
      #expect(ids.count == 3000 && count == 3000)
      #expect(try await roster.next().isEmpty)
    }
  }

  @Test("a roster that is not read to its end holds nothing up")
  func abandonedRoster() async throws {
    try await withStore { store in
      let records = (0..<500).map { #"{"tenantId": "t", "dialogId": "d", "userId": "u\#($0)"}"# }
      try await store.insert(records, into: .dialogmembers)
      for _ in 0..<5 {
        #expect(try await store.roster(of: EntityKey("t", "d"), after: nil, pageSize: 10).next().count == 10)
      }
      #expect(try await store.members(of: EntityKey("t", "d"), limit: 7).count == 7)
    }
  }

  @Test("a user's active memberships in the tenant are counted; an unread one has a counter above 0")
  func membershipCounts() async throws {
    try await withStore { store in
      try await store.apply(Self.members)
      let counts = try await store.membershipCounts([
        EntityKey("t", "a"), EntityKey("t", "b"), EntityKey("t", "c"), EntityKey("t", "z"),
      ])
      #expect(counts[EntityKey("t", "a")] == MembershipCounts(dialogs: 2, unread: 1))
      #expect(counts[EntityKey("t", "c")] == MembershipCounts(dialogs: 2, unread: 1))
      #expect(counts[EntityKey("t", "b")] == nil && counts[EntityKey("t", "z")] == nil)
    }
  }

  @Test("inspection lists all members of a dialog, inactive ones too")
  func members() async throws {
    try await withStore { store in
      try await store.apply(Self.members)
      let members = try await store.members(of: EntityKey("t", "d"), limit: 100)
      #expect(members.map(\.userId.string) == ["a", "b", "c"])
    }
  }
}
