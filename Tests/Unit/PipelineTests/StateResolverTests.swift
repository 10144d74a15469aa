import BSON
import ScriptedEnds
import TestTraits
import Testing
import Updates

@testable import Pipeline

/// How needs become look-ups.
@Suite(.bounded) struct StateResolverTests {
  private let directory = ScriptedDirectory()

  private var resolver: StateResolver { StateResolver(directory: directory) }

  /// Two of everything.
  private var needs: EventNeeds {
    var needs = EventNeeds()
    for id in ["a", "b"] {
      let key = scriptedKey(id)
      needs.dialogs.insert(key)
      needs.memberships.insert(MemberKey(dialog: key, userId: key.id))
      needs.statuses.insert(key)
      needs.statusCounts.insert(StatusCountKey(message: key, senderId: nil))
      needs.newerMessages.insert(MessagePosition(dialog: key, createdAt: .integer(1), messageId: nil))
    }
    return needs
  }

  /// Two of everything.
  private var profileNeeds: ProfileNeeds {
    var needs = ProfileNeeds()
    for id in ["a", "b"] {
      let key = scriptedKey(id)
      needs.users.insert(key)
      needs.metas.insert(MetaKey(tenantId: key.tenantId, entity: .user, entityId: key.id))
      needs.membershipCounts.insert(key)
    }
    return needs
  }

  @Test func `an event that needs nothing asks nothing`() async throws {
    _ = try await resolver.state(for: EventNeeds())
    #expect(directory.journal.lines == [])
  }

  @Test func `recipients that need nothing ask nothing`() async throws {
    _ = try await resolver.profiles(for: ProfileNeeds())
    #expect(directory.journal.lines == [])
  }

  @Test func `events ask once in each collection`() async throws {
    _ = try await resolver.state(for: needs)
    #expect(
      directory.journal.lines.sorted()
        == ["dialogs 2", "memberships 2", "newerMessages 2", "statusCounts 2", "statuses 2"])
  }

  @Test func `recipients ask once in each collection`() async throws {
    _ = try await resolver.profiles(for: profileNeeds)
    #expect(directory.journal.lines.sorted() == ["membershipCounts 2", "metas 2", "users 2"])
  }

  @Test func `only what is asked for is looked up`() async throws {
    var needs = EventNeeds()
    needs.newerMessages = self.needs.newerMessages
    _ = try await resolver.state(for: needs)
    #expect(directory.journal.lines == ["newerMessages 2"])
  }

  @Test func `each answer lands in its place`() async throws {
    let key = scriptedKey("a")
    let record = try JSONReader.object(Array(#"{"name":"n"}"#.utf8))
    let member = MemberKey(dialog: key, userId: key.id)
    let position = try #require(needs.newerMessages.first { $0.dialog == key })
    let meta = MetaKey(tenantId: key.tenantId, entity: .user, entityId: key.id)
    var newer = NewerMessages()
    newer.total = 3
    let count = StatusCount(userType: "user", status: "read", count: 2)
    directory.change { state in
      state.dialogs[key] = record
      state.join(["a"], "a", unreadCount: 1)
      state.statuses[key] = [record]
      state.statusCounts[StatusCountKey(message: key, senderId: nil)] = [count]
      state.newerMessages[position] = newer
      state.users[key] = record
      state.metas[meta] = record
    }
    let state = try await resolver.state(for: needs)
    let profiles = try await resolver.profiles(for: profileNeeds)
    #expect(state.dialogs == [key: record])
    #expect(state.memberships[member]?["unreadCount"]?.integer == 1)
    #expect(state.statuses == [key: [record]])
    #expect(state.statusCounts.values.map { $0 } == [[count]])
    #expect(state.newerMessages == [position: newer])
    #expect(profiles.users == [key: record])
    #expect(profiles.metas == [meta: record])
    #expect(profiles.membershipCounts == [key: MembershipCounts(dialogs: 1, unread: 1)])
  }

  @Test func `§3.1 the newest 100 statuses of a message are asked for`() async throws {
    let key = scriptedKey("a")
    directory.change { $0.statuses[key] = Array(repeating: .empty, count: 150) }
    #expect(try await resolver.state(for: needs).statuses[key]?.count == 100)
  }
}
