import BSON
import Maintenance
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// Whether the last statistics of users are those of their memberships, and their correction.
@Suite(.bounded) struct StatisticsAuditTests {
  private let directory = ScriptedDirectory { state in
    state.join(["a"], "d")
    state.join(["a"], "e", unreadCount: 3)
  }
  private let store = ScriptedStore()
  private let publisher = ScriptedPublisher()

  /// Stores published statistics of a user.
  private func tell(
    _ user: String, dialogs: Int, unread: Int, at number: Int = 1, of tenant: String = "t"
  ) async throws {
    let key = scriptedKey(user, of: tenant)
    let content = UpdateContent(
      statisticsOf: key, userType: "user", meta: .empty,
      counts: MembershipCounts(dialogs: dialogs, unread: unread), updatedFields: [],
      eventId: try ScriptedEvent.userUpdate(number, user: user).id, eventCreatedAt: nil)
    var update = Update(content: content, userId: key.id, userType: "user", member: nil)
    update.createdAt = Double(number)
    _ = try await store.insert([update])
    try await store.markPublished([update.id], at: Double(number))
  }

  private func examine(repairing: Bool = false, _ tenant: String? = nil) async throws -> (
    found: [Difference], repaired: [Bool], users: Int
  ) {
    let repair = StatisticsRepair(directory: directory, store: store, publisher: publisher)
    let audit = StatisticsAudit(directory, store, repair: repairing ? repair : nil)
    var (found, repaired, users): ([Difference], [Bool], Int) = ([], [], 0)
    try await audit.examine(
      tenant.map(Identifier.init),
      report: { difference, isRepaired in
        found.append(difference)
        repaired.append(isRepaired)
      }, progress: { users += $0 })
    return (found, repaired, users)
  }

  @Test func `statistics that agree are no difference`() async throws {
    try await tell("a", dialogs: 2, unread: 1)
    let result = try await examine()
    #expect(result.found == [])
    #expect(result.users == 1)
  }

  @Test(arguments: [(1, 1), (2, 0), (0, 0)])
  func `statistics that are not those of the memberships differ`(dialogs: Int, unread: Int) async throws {
    try await tell("a", dialogs: dialogs, unread: unread)
    let found = try await examine().found
    #expect(found.map(\.kind) == [.statistics])
    #expect(found.first?.updateId == store.updates.first?.id)
    #expect(
      found.first?.detail
        == "says dialogCount \(dialogs), unreadDialogsCount \(unread); the memberships say 2, 1")
  }

  @Test func `only the last statistics of a user count`() async throws {
    try await tell("a", dialogs: 2, unread: 1, at: 2)
    try await tell("a", dialogs: 7, unread: 7, at: 1)
    #expect(try await examine().found == [])
  }

  @Test func `who is no member of anything has zero of everything`() async throws {
    try await tell("b", dialogs: 1, unread: 0)
    #expect(
      try await examine().found.map(\.detail)
        == ["says dialogCount 1, unreadDialogsCount 0; the memberships say 0, 0"])
  }

  @Test func `who never got statistics is passed over`() async throws {
    _ = try await store.insert(ScriptedEvent.userUpdate(1, user: "a").updates())
    let result = try await examine()
    #expect(result.found == [])
    #expect(result.users == 1)
  }

  @Test func `one tenant is examined alone`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    try await tell("a", dialogs: 9, unread: 9, of: "s")
    let found = try await examine("s").found
    #expect(found.map(\.tenantId.string) == ["s"])
  }

  @Test func `all tenants are examined together`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    try await tell("a", dialogs: 9, unread: 9, of: "s")
    #expect(try await examine().found.map(\.tenantId.string) == ["s", "t"])
  }

  @Test func `without repair nothing is changed`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    #expect(try await examine().repaired == [false])
    #expect(store.records.count == 1)
  }

  // MARK: - Repair

  @Test func `a repair stores, publishes and marks fresh statistics`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    #expect(try await examine(repairing: true).repaired == [true])
    let fresh = try #require(store.updates.last)
    #expect(fresh.isPublished)
    #expect(await publisher.messages.map(\.id) == [fresh.id])
    let stats = fresh.document.document("data")?.document("user")?.document("stats")
    #expect(stats?["dialogCount"]?.integer == 2)
    #expect(stats?["unreadDialogsCount"]?.integer == 1)
    #expect(FreshStatistics.isCorrection(fresh))
  }

  @Test func `a correction has the user's type and meta`() async throws {
    directory.change { state in
      var user = BSONWriter()
      user.append("type", "bot")
      var meta = BSONWriter()
      meta.append("color", "red")
      let key = scriptedKey("a")
      state.users[key] = user.finish()
      state.metas[MetaKey(tenantId: key.tenantId, entity: .user, entityId: key.id)] = meta.finish()
    }
    try await tell("a", dialogs: 9, unread: 9)
    _ = try await examine(repairing: true)
    let fresh = try #require(store.updates.last)
    let user = fresh.document.document("data")?.document("user")
    #expect(user?["type"]?.string == "bot")
    #expect(user?.document("meta")?["color"]?.string == "red")
    #expect(fresh.routingKey == "update.user.bot.a.userstatsupdate")
  }

  @Test func `what was repaired differs no more`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    _ = try await examine(repairing: true)
    #expect(try await examine().found == [])
  }

  @Test func `a repair that failed half-way is completed by the next`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    publisher.publishing.plan(ScriptedFault(message: "connection lost"))
    await #expect(throws: ScriptedFault.self) { try await examine(repairing: true) }
    let result = try await examine(repairing: true)
    #expect(result.found.map(\.kind) == [.unpublished])
    #expect(result.repaired == [true])
    #expect(store.records.count == 2)
    #expect(store.updates.allSatisfy { $0.isPublished })
  }

  @Test func `a correction that was never confirmed is unpublished`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    publisher.publishing.plan(ScriptedFault(message: "connection lost"))
    await #expect(throws: ScriptedFault.self) { try await examine(repairing: true) }
    let result = try await examine()
    #expect(result.found.map(\.kind) == [.unpublished])
    #expect(result.found.map(\.detail) == ["a correction of statistics"])
    #expect(result.found.first?.updateId == store.updates.last?.id)
    #expect(result.repaired == [false])
  }

  @Test func `statistics of an event that were never confirmed are the other audit's`() async throws {
    try await tell("a", dialogs: 2, unread: 1)
    let update = try #require(store.updates.first)
    store.remove { $0.id == update.id }
    store.put(update.document.replacing { $0.append("published", false) })
    #expect(try await examine().found == [])
  }

  @Test func `a correction that the store refuses repairs nothing`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    store.answer(.refused("too large"), for: "a")
    #expect(try await examine(repairing: true).repaired == [false])
    #expect(await publisher.messages.isEmpty)
  }

  @Test func `a correction that cannot be sent repairs nothing`() async throws {
    try await tell("a", dialogs: 9, unread: 9)
    let refusing = ScriptedPublisher(objections: ["a": "too long"])
    let repair = StatisticsRepair(directory: directory, store: store, publisher: refusing)
    var repaired: [Bool] = []
    try await StatisticsAudit(directory, store, repair: repair).examine(
      nil, report: { repaired.append($1) }, progress: { _ in })
    #expect(repaired == [false])
    #expect(store.updates.map(\.isPublished) == [true, false])
  }
}
