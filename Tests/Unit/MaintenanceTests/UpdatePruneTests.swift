import Maintenance
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// The deletion of old published updates.
@Suite(.bounded) struct UpdatePruneTests {
  private let store = ScriptedStore()

  private var prune: UpdatePrune { UpdatePrune(store, store) }

  /// Stores an update of this event, made at 1000 times its number.
  private func keep(_ number: Int, _ user: String, of tenant: String = "t", isPublished: Bool = true)
    async throws
  {
    let updates = try ScriptedEvent.userUpdate(number, user: user, of: tenant).updates()
    _ = try await store.insert(updates)
    if isPublished { try await store.markPublished(updates.map(\.id), at: 5) }
  }

  /// Stores a published update for each of these users, of one event after the other.
  private func keep(_ users: [String]) async throws {
    let updates = try users.enumerated().flatMap { try ScriptedEvent.userUpdate($0 + 1, user: $1).updates() }
    _ = try await store.insert(updates)
    try await store.markPublished(updates.map(\.id), at: 5)
  }

  private var users: [String] { store.updates.map(\.userId.string) }

  private var deletions: [String] { store.journal.lines.filter { $0.hasPrefix("delete") } }

  /// How many it says it has deleted, or would delete.
  private func run(before: Double = 10_000, of tenant: String? = nil, isDryRun: Bool = false) async throws
    -> Int
  {
    var count = 0
    try await prune.run(before: before, of: tenant.map(Identifier.init), isDryRun: isDryRun) { count += $0 }
    return count
  }

  @Test func `old published updates are deleted`() async throws {
    try await keep(1, "a")
    try await keep(2, "b")
    #expect(try await run() == 2)
    #expect(users == [])
  }

  @Test func `what was made at the time or later stays`() async throws {
    try await keep(1, "a")
    try await keep(2, "b")
    try await keep(3, "c")
    #expect(try await run(before: 2000) == 1)
    #expect(users == ["b", "c"])
  }

  @Test func `an unpublished update is never deleted, however old it is`() async throws {
    try await keep(1, "a", isPublished: false)
    try await keep(2, "a")
    #expect(try await run() == 1)
    #expect(store.updates.map(\.isPublished) == [false])
  }

  @Test func `a dry run counts and deletes nothing`() async throws {
    try await keep(1, "a")
    try await keep(2, "b")
    try await keep(3, "b", isPublished: false)
    #expect(try await run(isDryRun: true) == 2)
    #expect(users == ["a", "b", "b"])
    #expect(deletions == [])
  }

  @Test func `another tenant's updates stay`() async throws {
    try await keep(1, "a")
    try await keep(1, "a", of: "s")
    #expect(try await run(of: "s") == 1)
    #expect(store.updates.map(\.tenantId.string) == ["t"])
  }

  @Test func `without a tenant the updates of all tenants are deleted`() async throws {
    try await keep(1, "a")
    try await keep(1, "a", of: "s")
    #expect(try await run() == 2)
    #expect(users == [])
  }

  @Test func `users are found page by page, up to the last`() async throws {
    try await keep((1...401).map { "u\($0)" })
    #expect(try await run(before: 1_000_000) == 401)
    #expect(deletions == ["delete 200", "delete 200", "delete 1"])
  }

  @Test func `no more than 1000 are deleted at once`() async throws {
    try await keep(Array(repeating: "a", count: 1001))
    #expect(try await run(before: 2_000_000) == 1001)
    #expect(deletions == ["delete 1000", "delete 1"])
  }

  @Test func `a stop ends it after the deletion that is under way`() async throws {
    try await keep((1...201).map { "u\($0)" })
    let prune = prune
    try await prune.run(before: 1_000_000, of: nil, isDryRun: false) { _ in prune.stop() }
    #expect(deletions == ["delete 200"])
    #expect(users.count == 1)
  }

  @Test func `stopped before it starts, it deletes nothing`() async throws {
    try await keep(1, "a")
    let prune = prune
    prune.stop()
    try await prune.run(before: 10_000, of: nil, isDryRun: false) { _ in }
    #expect(users == ["a"])
  }

  @Test func `a failure ends it`() async throws {
    try await keep(1, "a")
    let fault = ScriptedFault(message: "connection lost")
    store.reading.plan(fault)
    await #expect(throws: fault) { try await run() }
    #expect(users == ["a"])
  }
}
