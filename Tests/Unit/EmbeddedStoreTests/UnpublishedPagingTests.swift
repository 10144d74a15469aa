import BSON
import EmbeddedStore
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// The pages of what was never confirmed.
@Suite(.bounded) struct UnpublishedPagingTests {
  private let store: EmbeddedStore

  init() throws {
    store = try EmbeddedStore.inMemory()
  }

  /// Stores updates of one event, made at these times.
  private func keep(_ times: [Double], event number: Int = 1) async throws -> [Update] {
    var updates = try ScriptedEvent.dialogUpdate(number).updates(for: times.indices.map { "u\($0)" })
    for (index, time) in times.enumerated() { updates[index].createdAt = time }
    _ = try await store.insert(updates)
    return updates
  }

  /// All pages of the events, one after the other.
  private func pages(of events: Int..., limit: Int) async throws -> [[StoredUpdate]] {
    let ids = try events.map { try ScriptedEvent.dialogUpdate($0).id }
    var pages: [[StoredUpdate]] = []
    var last: StoredUpdate?
    while true {
      let page = try await store.unpublished(of: ids, tenantId: Identifier("t"), after: last, limit: limit)
      guard let end = page.last else { return pages }
      pages.append(page)
      last = end
    }
  }

  @Test func `§5 pages are in the order of the making, not of the storing`() async throws {
    _ = try await keep([30, 10, 20])
    #expect(try await pages(of: 1, limit: 2).map { $0.map(\.createdAt) } == [[10, 20], [30]])
  }

  @Test func `updates of one time are ordered by id, and none is lost between two pages`() async throws {
    let updates = try await keep(Array(repeating: 10, count: 7))
    let found = try await pages(of: 1, limit: 3)
    #expect(found.map(\.count) == [3, 3, 1])
    let sorted = updates.map(\.id.description).sorted()
    #expect(found.flatMap { $0 }.map(\.id.description) == sorted)
  }

  @Test func `updates of several events are in one order`() async throws {
    _ = try await keep([10, 30], event: 1)
    _ = try await keep([20, 40], event: 2)
    _ = try await keep([15], event: 3)
    #expect(try await pages(of: 1, 2, limit: 3).map { $0.map(\.createdAt) } == [[10, 20, 30], [40]])
  }

  @Test func `what is marked while pages are read is missing in the next only`() async throws {
    let updates = try await keep([10, 20, 30])
    let first = try await store.unpublished(
      of: [updates[0].content.eventId], tenantId: Identifier("t"), after: nil, limit: 1)
    try await store.markPublished([updates[0].id, updates[1].id], at: 50)
    let rest = try await store.unpublished(
      of: [updates[0].content.eventId], tenantId: Identifier("t"), after: first.last, limit: 10)
    #expect(rest.map(\.createdAt) == [30])
  }

  @Test func `no events have no pages`() async throws {
    _ = try await keep([10])
    #expect(try await pages(limit: 10).isEmpty)
  }

  @Test func `events that are not stored have no pages`() async throws {
    _ = try await keep([10])
    #expect(try await pages(of: 7, limit: 10).isEmpty)
  }

  @Test func `more events than fit into one small statement are found together`() async throws {
    let events = try (1...1200).map { try ScriptedEvent.userUpdate($0, user: "a") }
    _ = try await store.insert(events.flatMap { try $0.updates() })
    let found = try await store.unpublished(
      of: events.map(\.id), tenantId: Identifier("t"), after: nil, limit: 2000)
    #expect(found.map(\.eventId) == events.map(\.id))
  }

  // MARK: - The backlog

  @Test func `§7.5 the backlog is read by time, what was made at one time together`() async throws {
    _ = try await keep([10, 20, 20, 20, 30])
    let first = try await store.unpublished(after: nil, before: 100, limit: 2)
    #expect(first.map(\.createdAt) == [10, 20, 20, 20])
    let second = try await store.unpublished(after: first.last?.createdAt, before: 100, limit: 2)
    #expect(second.map(\.createdAt) == [30])
  }

  @Test func `the backlog ends before the time that is given`() async throws {
    _ = try await keep([10, 20, 30])
    #expect(try await store.unpublished(after: nil, before: 30, limit: 10).map(\.createdAt) == [10, 20])
  }

  @Test func `what is published is in no backlog`() async throws {
    let updates = try await keep([10, 20])
    try await store.markPublished([updates[0].id], at: 50)
    #expect(try await store.unpublished(after: nil, before: 100, limit: 10).map(\.createdAt) == [20])
  }
}
