import BSON
import GRDB
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// Searches are led by an index, read a bounded number of rows at a time, and go on where they have ended.
@Suite(.bounded) struct UpdateSearchTests {
  private let store: EmbeddedStore

  init() throws {
    store = try EmbeddedStore.inMemory()
  }

  private func fill(events: Int, users: [String] = ["a"], dialog: (Int) -> String = { _ in "d" }) async throws
  {
    var slice: [Update] = []
    for number in 1...events {
      slice += try ScriptedEvent.dialogUpdate(number, dialog: dialog(number)).updates(for: users)
      if slice.count >= 1000 || number == events {
        _ = try await store.insert(slice)
        slice = []
      }
    }
  }

  private static func query(_ change: (inout UpdateQuery) -> Void = { _ in }) -> UpdateQuery {
    var query = UpdateQuery()
    change(&query)
    return query
  }

  private static let queries: [UpdateQuery] = [
    query(), query { $0.userId = "a" }, query { ($0.userId, $0.tenantId) = ("a", "t") },
    query { $0.dialogId = "d1" }, query { $0.eventId = ObjectId("64b000000000000000000003") },
    query { ($0.userId, $0.dialogId) = ("b", "d2") },
    query { $0.eventTypes = ["dialog.update", "user.add"] },
    query { $0.eventTypes = ["user.add"] }, query { $0.onlyUnpublished = true },
    query { ($0.since, $0.userId) = (5000, "a") }, query { $0.since = 5001 },
    query { $0.cursor = .before(7001) }, query { ($0.since, $0.cursor) = (3000, .before(3001)) },
    query { $0.since = 1e12 }, query { $0.cursor = .before(0) },
  ]

  /// What a query means, written down once more.
  private static func isWanted(_ update: StoredUpdate, by query: UpdateQuery) -> Bool {
    if let userId = query.userId, update.userId.string != userId { return false }
    if let dialogId = query.dialogId, update.dialogId != dialogId { return false }
    if let eventId = query.eventId, update.eventId != eventId { return false }
    if !query.eventTypes.isEmpty, !query.eventTypes.contains(update.eventType) { return false }
    if query.onlyUnpublished, update.isPublished { return false }
    if let since = query.since, update.createdAt < since { return false }
    if let cursor = query.cursor, update.createdAt >= cursor.createdAt { return false }
    return true
  }

  @Test(arguments: queries.indices)
  func `pages, one after the other, are the listing`(index: Int) async throws {
    try await fill(events: 12, users: ["a", "b"]) { "d\($0 % 3)" }
    let all = try await store.all()
    try await store.markPublished([all[3].id, all[8].id], at: 9)
    var query = Self.queries[index]
    let expected = try await store.all().reversed().filter { Self.isWanted($0, by: query) }
    query.limit = 5
    var found: [StoredUpdate] = []
    while true {
      let page = try await store.page(of: query, patience: .seconds(60))
      found += page.updates
      #expect(page.searched.isComplete && page.searched.isLed && page.updates.count <= 5)
      guard let next = page.next else { break }
      #expect(page.updates.last.map(UpdateCursor.init) == next && UpdateCursor(next.description) == next)
      query.cursor = next
    }
    #expect(found.map(\.id) == expected.map(\.id))
  }

  @Test func `a search without patience ends after a step, and says where to go on`() async throws {
    try await fill(events: 2500)
    _ = try await store.insert(try ScriptedEvent.dialogUpdate(9000, dialog: "e").updates(for: ["z"]))
    try await fill(events: 1)
    // One update of the 2501 matches, and it is not the oldest.
    var query = Self.query { $0.eventTypes = ["dialog.update"] }
    query.tenantId = "other"
    var pages = 0
    while true {
      let page = try await store.page(of: query, patience: .zero)
      pages += 1
      #expect(page.updates.isEmpty)
      guard let next = page.next else {
        #expect(page.searched.isComplete && page.searched.from == nil)
        break
      }
      #expect(!page.searched.isComplete && page.searched.from == next.createdAt)
      query.cursor = next
    }
    #expect(pages == 3, "steps of 1,000 contents")
    query.tenantId = nil
    query.cursor = nil
    query.userId = "z"
    #expect(
      try await store.page(of: query, patience: .zero).updates.count == 1, "its index leads straight there")
  }

  /// Every statement of a search, with its plan.
  private func plans(_ query: UpdateQuery) throws -> [String] {
    let selection = UpdateSelection(query)
    return try store.database.read { db in
      guard let range = try SearchRange(query, db) else { return [] }
      let (sql, arguments) = selection.newestFirst(range, limit: 20)
      return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { $0["detail"] }
    }
  }

  @Test(arguments: queries.indices) func `nothing is sorted, and nothing is scanned without bounds`(
    index: Int
  )
    async throws
  {
    try await fill(events: 12)
    for detail in try plans(Self.queries[index]) {
      #expect(!detail.contains("TEMP B-TREE"), "\(detail)")
      #expect(detail.hasPrefix("SEARCH"), "\(detail)")
    }
  }

  @Test func `times are found by bisection, whatever the gaps between them`() async throws {
    #expect(try await store.read { try UpdateOrder.first(since: 5, $0)?.row } == nil)
    try await fill(events: 37)
    for time in stride(from: 0.0, through: 38_500, by: 500) {
      let row = try await store.read { try UpdateOrder.first(since: time, $0)?.row }
      let expected = max(1, Int64((time / 1000).rounded(.up)))
      #expect(row == (expected <= 37 ? expected : nil))
    }
  }

  @Test func `the contents of a dialog that other tenants have too are told apart`() async throws {
    try await fill(events: 3, users: ["a", "b"])
    let other = try ScriptedEvent(4, "dialog.update", of: "u", data: #"{"dialog":{"dialogId":"d"}}"#)
    _ = try await store.insert(try other.updates(for: ["a"]))
    let dialog = EntityKey(tenantId: Identifier("t"), id: Identifier("d"))
    let found = try await store.latestEvents(of: dialog, seenBy: [], limit: 2, patience: .seconds(60))
    #expect(found.events.map(\.updates) == [2, 2] && found.events.map(\.createdAt) == [3001, 2001])
    #expect(found.searched == SearchedSpan(from: 2000, to: nil, isComplete: true))
  }

  @Test(arguments: [
    "", "1", "-", "1-64b00000000000000000000", "x-64b000000000000000000001", "nan-64b000000000000000000001",
  ])
  func `what is no place of a listing is not taken for one`(text: String) {
    #expect(UpdateCursor(text) == nil)
  }
}
