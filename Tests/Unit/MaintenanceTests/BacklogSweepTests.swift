import BSON
import Maintenance
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// The walk through what was never confirmed.
@Suite(.bounded) struct BacklogSweepTests {
  private let store = ScriptedStore()

  /// Stores an update of each of these users, made at 1000, 2000, …
  private func leave(_ users: String...) async throws {
    for (index, user) in users.enumerated() {
      _ = try await store.insert(ScriptedEvent.userUpdate(index + 1, user: user).updates())
    }
  }

  private func sweep(
    _ publisher: any UpdatePublisher, before: Double = 100_000, after: Double? = nil,
    passingOver known: Set<ObjectId> = []
  ) -> BacklogSweep {
    BacklogSweep(
      store: store, publisher: publisher, createdBefore: before, after: after, passingOver: known)
  }

  /// Goes to the end in pages of this size; returns who was in each.
  private func run(_ sweep: inout BacklogSweep, pages limit: Int) async throws -> [[String]] {
    var pages: [[String]] = []
    while true {
      let page = try await sweep.look(limit)
      if page.isEmpty { return pages }
      pages.append(page.map(\.userId.string))
      try await sweep.publish(page)
    }
  }

  @Test func `§7.5 what was never confirmed is published oldest first, page by page`() async throws {
    try await leave("a", "b", "c")
    let publisher = ScriptedPublisher()
    var sweep = sweep(publisher)
    #expect(try await run(&sweep, pages: 2) == [["a", "b"], ["c"]])
    #expect(await publisher.recipients == ["a", "b", "c"])
    #expect(sweep.seen == 3)
    #expect(sweep.published == 3)
    #expect(sweep.position == 3000)
  }

  @Test func `§4 what was confirmed is marked with the time in its message`() async throws {
    try await leave("a")
    let publisher = ScriptedPublisher()
    var sweep = sweep(publisher)
    _ = try await run(&sweep, pages: 10)
    let body = try JSONReader.object(try #require(await publisher.messages.first).body)
    let update = try #require(store.updates.first)
    #expect(update.isPublished)
    #expect(update.document["publishedAt"]?.number == body["publishedAt"]?.number)
  }

  @Test func `§4 what is published already is no backlog`() async throws {
    try await leave("a", "b")
    try await store.markPublished([store.updates[0].id], at: 5000)
    var sweep = sweep(ScriptedPublisher())
    #expect(try await run(&sweep, pages: 10) == [["b"]])
  }

  @Test func `a sweep goes on after the position that it is given`() async throws {
    try await leave("a", "b", "c")
    var sweep = sweep(ScriptedPublisher(), after: 1000)
    #expect(try await run(&sweep, pages: 10) == [["b", "c"]])
  }

  @Test func `what is younger than the limit is left to the worker`() async throws {
    try await leave("a", "b", "c")
    var sweep = sweep(ScriptedPublisher(), before: 3000)
    #expect(try await run(&sweep, pages: 10) == [["a", "b"]])
    #expect(store.updates.map(\.isPublished) == [true, true, false])
  }

  @Test func `updates of one time are never split between two pages`() async throws {
    let updates = try [4, 4, 4, 5].enumerated().map { index, time in
      var update = try #require(try ScriptedEvent.userUpdate(index + 1, user: "u\(index)").updates().first)
      update.createdAt = Double(time)
      return update
    }
    _ = try await store.insert(updates)
    var sweep = sweep(ScriptedPublisher())
    #expect(try await run(&sweep, pages: 2) == [["u0", "u1", "u2"], ["u3"]])
  }

  @Test func `a look goes nowhere`() async throws {
    try await leave("a")
    let sweep = sweep(ScriptedPublisher())
    #expect(try await sweep.look(10).count == 1)
    #expect(try await sweep.look(10).count == 1)
    #expect(sweep.position == nil)
    #expect(sweep.seen == 0)
  }

  @Test func `§5 what cannot be sent is named, stays unmarked and holds nothing up`() async throws {
    try await leave("a", "b", "c")
    let publisher = ScriptedPublisher(objections: ["a": "too long"])
    var sweep = sweep(publisher)
    #expect(try await run(&sweep, pages: 1) == [["a"], ["b"], ["c"]])
    #expect(sweep.unsendable.map(\.id) == [store.updates[0].id])
    #expect(sweep.unsendable.map(\.reason) == ["too long"])
    #expect(sweep.published == 2)
    #expect(store.updates.map(\.isPublished) == [false, true, true])
  }

  @Test func `what is known not to be sendable is passed over`() async throws {
    try await leave("a", "b")
    let publisher = ScriptedPublisher()
    var sweep = sweep(publisher, passingOver: [store.updates[0].id])
    _ = try await run(&sweep, pages: 1)
    #expect(await publisher.recipients == ["b"])
    #expect(sweep.seen == 2)
    #expect(sweep.published == 1)
    #expect(sweep.position == 2000)
  }

  @Test func `a page of nothing but known ones is not worthwhile`() async throws {
    try await leave("a", "b")
    let sweep = sweep(ScriptedPublisher(), passingOver: [store.updates[0].id])
    let page = try await sweep.look(10)
    #expect(sweep.isWorthwhile(page))
    #expect(!sweep.isWorthwhile(Array(page.prefix(1))))
    #expect(!sweep.isWorthwhile([]))
  }

  @Test func `a page of nothing but known ones is not published`() async throws {
    try await leave("a")
    let publisher = ScriptedPublisher(journal: store.journal)
    var sweep = sweep(publisher, passingOver: [store.updates[0].id])
    _ = try await run(&sweep, pages: 10)
    #expect(store.journal.lines == ["insert a"])
  }

  @Test func `a failure leaves the sweep where it is`() async throws {
    try await leave("a", "b")
    let publisher = ScriptedPublisher()
    let fault = ScriptedFault(message: "connection lost")
    publisher.publishing.plan(fault)
    var sweep = sweep(publisher)
    let page = try await sweep.look(1)
    do {
      try await sweep.publish(page)
      Issue.record("no failure")
    } catch {
      #expect(error as? ScriptedFault == fault)
    }
    #expect(sweep.position == nil)
    #expect(sweep.seen == 0)
    #expect(try await run(&sweep, pages: 1) == [["a"], ["b"]])
  }

  @Test func `with no backlog there is nothing to look at`() async throws {
    #expect(try await sweep(ScriptedPublisher()).look(10).isEmpty)
  }
}
