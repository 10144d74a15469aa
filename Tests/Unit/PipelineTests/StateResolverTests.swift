import BSON
import ScriptedEnds
import TestTraits
import Testing
import Updates

@testable import Pipeline

/// How a request becomes look-ups.
@Suite(.bounded) struct StateResolverTests {
  private let directory = ScriptedDirectory()

  private var resolver: StateResolver { StateResolver(directory: directory) }

  /// A request for two of everything.
  private var request: StateRequest {
    var request = StateRequest()
    for id in ["a", "b"] {
      let key = scriptedKey(id)
      request.dialogs.insert(key)
      request.memberships.insert(MemberKey(dialog: key, userId: key.id))
      request.statuses.insert(key)
      request.statusCounts.insert(StatusCountKey(message: key, senderId: nil))
      request.newerMessages.insert(MessagePosition(dialog: key, createdAt: .integer(1), messageId: nil))
      request.users.insert(key)
      request.metas.insert(MetaKey(tenantId: key.tenantId, entity: .user, entityId: key.id))
      request.membershipCounts.insert(key)
    }
    return request
  }

  @Test func `an event that needs nothing asks nothing`() async throws {
    _ = try await resolver.events(StateRequest())
    #expect(directory.journal.lines == [])
  }

  @Test func `recipients that need nothing ask nothing`() async throws {
    var state = StateSnapshot()
    try await resolver.recipients(StateRequest(), into: &state)
    #expect(directory.journal.lines == [])
  }

  @Test func `events ask once in each collection`() async throws {
    _ = try await resolver.events(request)
    #expect(
      directory.journal.lines.sorted()
        == ["dialogs 2", "memberships 2", "newerMessages 2", "statusCounts 2", "statuses 2"])
  }

  @Test func `recipients ask once in each collection`() async throws {
    var state = StateSnapshot()
    try await resolver.recipients(request, into: &state)
    #expect(directory.journal.lines.sorted() == ["membershipCounts 2", "metas 2", "users 2"])
  }

  @Test func `only what is asked for is looked up`() async throws {
    var request = StateRequest()
    request.newerMessages = self.request.newerMessages
    _ = try await resolver.events(request)
    #expect(directory.journal.lines == ["newerMessages 2"])
  }

  @Test func `each answer lands in its place`() async throws {
    let key = scriptedKey("a")
    let record = try JSONReader.object(Array(#"{"name":"n"}"#.utf8))
    let member = MemberKey(dialog: key, userId: key.id)
    let position = try #require(request.newerMessages.first { $0.dialog == key })
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
    var state = try await resolver.events(request)
    try await resolver.recipients(request, into: &state)
    #expect(state.dialogs == [key: record])
    #expect(state.memberships[member]?["unreadCount"]?.integer == 1)
    #expect(state.statuses == [key: [record]])
    #expect(state.statusCounts.values.map { $0 } == [[count]])
    #expect(state.newerMessages == [position: newer])
    #expect(state.users == [key: record])
    #expect(state.metas == [meta: record])
    #expect(state.membershipCounts == [key: MembershipCounts(dialogs: 1, unread: 1)])
  }

  @Test func `§3.1 the newest 100 statuses of a message are asked for`() async throws {
    let key = scriptedKey("a")
    directory.change { $0.statuses[key] = Array(repeating: .empty, count: 150) }
    #expect(try await resolver.events(request).statuses[key]?.count == 100)
  }
}
