import BSON
import GRDB
import Pipeline
import ScriptedEnds
import TestKit
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// Which occurrences of events earlier runs have handled.
@Suite(.bounded) struct ReplayLedgerTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("store.sqlite")
  }

  private func occurrence(
    _ event: ScriptedEvent, _ outcome: EventHistory.Outcome = .handled, updates: Int = 1
  ) -> (entry: LedgerEntry, content: BSONDocument) {
    let history = EventHistory(
      tenantId: event.key.tenantId, eventType: event.header.typeName, dialogId: "d", outcome: outcome)
    return (
      LedgerEntry(eventId: event.id, history: history, updates: updates), event.header.document
    )
  }

  private func recall(_ event: ScriptedEvent, _ store: EmbeddedStore) async throws -> LedgerEntry? {
    try await store.recall([(event.key, event.header.document)])[event.key]
  }

  /// Replays these events in a run of their own. Each is recalled, or else recorded.
  /// Returns which of them were there.
  private func run(_ events: [ScriptedEvent]) async throws -> [Bool] {
    let store = try EmbeddedStore.open(path)
    var known: [Bool] = []
    for event in events {
      known.append(try await recall(event, store) != nil)
      if known.last == false { try await store.record([occurrence(event)]) }
    }
    try store.close()
    return known
  }

  private func copies(_ count: Int) throws -> [ScriptedEvent] {
    Array(repeating: try ScriptedEvent.userUpdate(1, user: "a"), count: count)
  }

  // MARK: - Occurrences

  @Test func `an event that no run has handled is not recalled`() async throws {
    #expect(try await run(copies(1)) == [false])
  }

  @Test func `a second run recalls as many occurrences as the first has handled`() async throws {
    #expect(try await run(copies(3)) == [false, false, false])
    #expect(try await run(copies(4)) == [true, true, true, false])
  }

  @Test func `of a first run that was cut off the second handles the rest`() async throws {
    #expect(try await run(copies(2)) == [false, false])
    #expect(try await run(copies(5)) == [true, true, false, false, false])
    #expect(try await run(copies(6)) == [true, true, true, true, true, false])
  }

  @Test func `a second run that was cut off hides nothing from the third`() async throws {
    #expect(try await run(copies(5)).allSatisfy { !$0 })
    #expect(try await run(copies(2)) == [true, true])
    #expect(try await run(copies(6)) == [true, true, true, true, true, false])
  }

  @Test func `occurrences are recalled in the order in which they were recorded`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    var store = try EmbeddedStore.open(path)
    for updates in 1...4 { try await store.record([occurrence(event, updates: updates)]) }
    try store.close()
    // The second run gets half of the way, the third to the end.
    for expected in [[1, 2], [1, 2, 3, 4]] {
      store = try EmbeddedStore.open(path)
      var recalled: [Int] = []
      for _ in expected { recalled.append(try #require(try await recall(event, store)).updates) }
      #expect(recalled == expected)
      try store.close()
    }
  }

  @Test func `a run does not recall what it has recorded itself`() async throws {
    let store = try EmbeddedStore.inMemory()
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    try await store.record([occurrence(event)])
    #expect(try await recall(event, store) == nil)
  }

  @Test func `an event whose content was mended was not handled`() async throws {
    _ = try await run([.userUpdate(1, user: "a")])
    #expect(try await run([.userUpdate(1, user: "b")]) == [false])
    #expect(try await run([.userUpdate(1, user: "a"), .userUpdate(1, user: "b")]) == [true, true])
  }

  @Test func `§2 another tenant's event of the same identity was not handled`() async throws {
    _ = try await run([.userUpdate(1, user: "a")])
    #expect(try await run([.userUpdate(1, user: "a", of: "s")]) == [false])
  }

  @Test func `several events are recalled at once`() async throws {
    let events = try (1...4).map { try ScriptedEvent.userUpdate($0, user: "a") }
    _ = try await run(Array(events.prefix(2)))
    let store = try EmbeddedStore.open(path)
    let found = try await store.recall(events.map { ($0.key, $0.header.document) })
    #expect(Set(found.keys) == Set(events.prefix(2).map(\.key)))
    try store.close()
  }

  @Test(arguments: [EventHistory.Outcome.handled, .ignored, .bad("data.user is missing")])
  func `how an event was ended is recalled as it was recorded`(outcome: EventHistory.Outcome) async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    let (entry, content) = occurrence(event, outcome, updates: 7)
    var store = try EmbeddedStore.open(path)
    try await store.record([(entry, content)])
    try store.close()
    store = try EmbeddedStore.open(path)
    let recalled = try #require(try await recall(event, store))
    #expect(recalled.history == entry.history)
    #expect(recalled.updates == 7)
    #expect(recalled.eventKey == event.key)
    let noted = try await store.history(of: event.id)
    #expect(noted.map(\.outcome) == [outcome] && noted.map(\.updates) == [7])
    try store.close()
  }

  // MARK: - Thousands of copies

  /// What SQLite does for each statement that `body` executes.
  private func plans(_ store: EmbeddedStore, _ body: (Database) throws -> Void) throws -> [String] {
    let statements = Journal()
    return try store.database.write { db in
      db.trace { event in
        if case .statement(let statement) = event { statements.note(statement.expandedSQL) }
      }
      try body(db)
      db.trace(options: [])
      return try statements.lines.flatMap { sql in
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
      }
    }
  }

  @Test func `an occurrence is found by the index on key and run, without sorting`() throws {
    let store = try EmbeddedStore.inMemory()
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    let key = LedgerKey.event(event.key, content: event.header.document)
    try store.database.write {
      try $0.execute(sql: "INSERT INTO ledger (key, run) VALUES (?, 0)", arguments: [key])
    }
    let plans = try plans(store) { _ = try LedgerKey.passNext($0, key: key, run: store.run) }
    #expect(
      plans == [
        "SEARCH ledger USING INDEX ledger_key (key=? AND run<?)",
        "SEARCH ledger USING INTEGER PRIMARY KEY (rowid=?)",
      ])
  }

  @Test func `thousands of copies of an event are recalled by one run after the other`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    var store = try EmbeddedStore.open(path)
    try await store.record((1...2000).map { occurrence(event, updates: $0) })
    try store.close()
    let key = LedgerKey.event(event.key, content: event.header.document)
    for _ in 1...2 {
      store = try EmbeddedStore.open(path)
      let run = store.run
      let recalled = try await store.write { db in
        var recalled: [Int] = []
        while let row = try LedgerKey.passNext(db, key: key, run: run) { recalled.append(row["updates"]) }
        return recalled
      }
      #expect(recalled == Array(1...2000))
      try store.close()
    }
  }

  @Test func `a second replay of many copies makes nothing`() async throws {
    let deliveries = try copies(50).map { $0.delivery() }
    var tallies: [Tally] = []
    for _ in 1...2 {
      let store = try EmbeddedStore.open(path)
      let pipeline = UpdatePipeline(
        directory: store, store: store, publisher: nil, deadLetters: ScriptedDeadLetters(), ledger: store)
      tallies.append(try await pipeline.handle(deliveries).tally)
      try store.close()
    }
    #expect(tallies.map(\.totalUpdates) == [1, 0])
    #expect(tallies.map(\.handledBefore) == [0, 50])
    #expect(tallies.map(\.alreadyStored) == [49, 50])
  }

  // MARK: - State lines

  private static let status = """
    {"upsert": {"messagestatuses": [{"tenantId": "t", "messageId": "m", "userId": "a", "status": "read"}]}}
    """

  /// How many statuses the message has when a run has applied the line so often.
  private func statuses(afterApplying count: Int) async throws -> Int? {
    let store = try EmbeddedStore.open(path)
    for _ in 0..<count { try await store.apply(Self.status) }
    let message = scriptedKey("m")
    let found = try await store.statuses([message], limit: 100)[message]?.count
    try store.close()
    return found
  }

  @Test func `§9 each occurrence of a line that adds to a history counts once over all runs`() async throws {
    #expect(try await statuses(afterApplying: 2) == 2)
    #expect(try await statuses(afterApplying: 1) == 2, "cut off")
    #expect(try await statuses(afterApplying: 3) == 3)
    #expect(try await statuses(afterApplying: 3) == 3)
  }
}
