import BSON
import Maintenance
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// What a backfill stores, and what it counts.
@Suite(.bounded) struct BackfillStoreTests {
  private let store = ScriptedStore()

  private func backfill(
    _ events: [ScriptedEvent] = [], until: Double? = nil, isDryRun: Bool = false
  ) async throws -> BackfillStore {
    let backfill = BackfillStore(
      store, archive: MemoryArchive(events), range: EventRange(tenantId: nil, since: 0, until: until),
      pace: nil, isDryRun: isDryRun)
    try await backfill.prepare()
    return backfill
  }

  private var users: [String] { store.updates.map(\.userId.string) }

  @Test func `what is missing is stored and counted by its type`() async throws {
    let backfill = try await backfill()
    let updates =
      try ScriptedEvent.dialogUpdate(1).updates(for: ["a", "b"])
      + ScriptedEvent.userUpdate(2, user: "c").updates()
    #expect(try await backfill.insert(updates) == [.new, .new, .new])
    #expect(users == ["a", "b", "c"])
    #expect(backfill.counts.missing == [.dialog: 2, .user: 1])
    #expect(backfill.counts.totalMissing == 3)
    #expect(backfill.counts.present == 0)
  }

  @Test func `what is there stays as it is and counts as present`() async throws {
    let old = try ScriptedEvent.dialogUpdate(1, name: "old").updates(for: ["a"])
    _ = try await store.insert(old)
    try await store.markPublished(old.map(\.id), at: 5)
    let before = store.records
    let backfill = try await backfill()
    let new = try ScriptedEvent.dialogUpdate(1, name: "new").updates(for: ["a"])
    #expect(try await backfill.insert(new) == [.existing])
    #expect(store.records == before)
    var expected = BackfillStore.Counts()
    expected.present = 1
    #expect(backfill.counts == expected)
  }

  @Test func `what is there and was never confirmed counts as unpublished too`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a"])
    _ = try await store.insert(updates)
    let backfill = try await backfill()
    _ = try await backfill.insert(updates)
    #expect(backfill.counts.present == 1)
    #expect(backfill.counts.unpublished == 1)
  }

  @Test func `another program's update counts as present`() async throws {
    let update = try #require(try ScriptedEvent.userUpdate(1, user: "a").updates().first)
    let other = try ScriptedEvent.userUpdate(9, user: "a").id
    store.put(update.document().replacing { $0.append("_id", other) })
    let backfill = try await backfill()
    #expect(try await backfill.insert([update]) == [.existing])
    #expect(store.records.count == 1)
  }

  @Test func `who joined the dialog later is not due its updates`() async throws {
    let backfill = try await backfill([.memberAdd(2, user: "b")])
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a", "b"])
    #expect(try await backfill.insert(updates) == [.new, .notDue])
    #expect(users == ["a"])
    #expect(backfill.counts.joinedLater == 1)
    #expect(backfill.counts.totalMissing == 1)
  }

  @Test func `who joined after the end of the range joined later, too`() async throws {
    let backfill = try await backfill([.memberAdd(5, user: "b")], until: 2000)
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["b"])
    #expect(try await backfill.insert(updates) == [.notDue])
  }

  @Test func `who joined another dialog later is due`() async throws {
    let backfill = try await backfill([.memberAdd(2, user: "b", dialog: "e")])
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["b"])
    #expect(try await backfill.insert(updates) == [.new])
  }

  @Test func `who is added is due the update about it`() async throws {
    let event = try ScriptedEvent.memberAdd(2, user: "b")
    let backfill = try await backfill([event])
    #expect(try await backfill.insert(event.updates()) == [.new])
  }

  @Test func `updates of the category user are due whoever joined what`() async throws {
    let backfill = try await backfill([.memberAdd(2, user: "b")])
    #expect(try await backfill.insert(ScriptedEvent.userUpdate(1, user: "b").updates()) == [.new])
  }

  @Test func `each update gets its own outcome`() async throws {
    _ = try await store.insert(ScriptedEvent.dialogUpdate(1).updates(for: ["a"]))
    store.answer(.refused("too large"), for: "c")
    let backfill = try await backfill([.memberAdd(2, user: "b")])
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a", "b", "c", "d"])
    #expect(
      try await backfill.insert(updates) == [.existing, .notDue, .refused("too large"), .new])
    var expected = BackfillStore.Counts()
    expected.missing = [.dialog: 1]
    (expected.present, expected.unpublished, expected.joinedLater) = (1, 1, 1)
    #expect(backfill.counts == expected)
  }

  @Test func `what another worker has stored meanwhile counts as present`() async throws {
    store.answer(.existing, for: "a")
    let backfill = try await backfill()
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a"])
    #expect(try await backfill.insert(updates) == [.existing])
    #expect(backfill.counts.present == 1)
    #expect(backfill.counts.totalMissing == 0)
  }

  @Test func `with nothing due the store is not asked to store`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a"])
    _ = try await store.insert(updates)
    let backfill = try await backfill()
    _ = try await backfill.insert(updates)
    #expect(store.journal.lines == ["insert a"])
  }

  @Test func `a dry run counts what is missing and stores nothing`() async throws {
    _ = try await store.insert(ScriptedEvent.dialogUpdate(1).updates(for: ["a"]))
    let backfill = try await backfill([.memberAdd(2, user: "b")], isDryRun: true)
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a", "b", "c"])
    #expect(try await backfill.insert(updates) == [.existing, .notDue, .notDue])
    #expect(users == ["a"])
    #expect(backfill.counts.missing == [.dialog: 1])
    #expect(backfill.counts.present == 1)
    #expect(backfill.counts.joinedLater == 1)
  }

  @Test func `counts add up over all calls`() async throws {
    let backfill = try await backfill()
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a", "b"])
    for update in updates + updates { _ = try await backfill.insert([update]) }
    #expect(backfill.counts.totalMissing == 2)
    #expect(backfill.counts.present == 2)
  }

  // MARK: - From the archive

  /// Handles the archived events as `backfill` does.
  private func run(
    _ events: [ScriptedEvent], into backfill: BackfillStore, _ publisher: ScriptedPublisher?,
    members: [String]
  ) async throws -> Tally {
    let directory = ScriptedDirectory { $0.join(members, "d") }
    let pipeline = UpdatePipeline(
      directory: directory, store: backfill, publisher: publisher, deadLetters: ScriptedDeadLetters())
    let source = ArchivedEventSource(
      MemoryArchive(events), range: EventRange(tenantId: nil, since: 0, until: nil))
    try await source.connect()
    let deliveries = try await source.next(limit: 100)
    #expect(deliveries.allSatisfy { $0.isRedelivered })
    return try await pipeline.handle(deliveries).tally
  }

  @Test func `§4 what archived events left unpublished is published, its recipient a member or not`()
    async throws
  {
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await store.insert(event.updates(for: ["gone"]))
    let publisher = ScriptedPublisher()
    let tally = try await run([event], into: try await backfill([event]), publisher, members: ["a"])
    #expect(await publisher.recipients == ["a", "gone"])
    #expect(tally.published == 2)
    #expect(store.updates.allSatisfy { $0.isPublished })
  }

  @Test func `who joined later gets nothing published`() async throws {
    let events = [try ScriptedEvent.dialogUpdate(1), try ScriptedEvent.memberAdd(2, user: "b")]
    let publisher = ScriptedPublisher()
    _ = try await run(events, into: try await backfill(events), publisher, members: ["a", "b"])
    let messages = await publisher.messages.map { "\($0.eventType) \($0.userId.string)" }
    #expect(
      messages == [
        "dialog.update a", "dialog.member.add b", "dialog.member.add a", "user.stats.update b",
      ])
  }

  @Test func `a second backfill stores and publishes nothing`() async throws {
    let events = [try ScriptedEvent.dialogUpdate(1), try ScriptedEvent.userUpdate(2, user: "c")]
    let publisher = ScriptedPublisher()
    _ = try await run(events, into: try await backfill(events), publisher, members: ["a", "b"])
    let again = try await run(events, into: try await backfill(events), publisher, members: ["a", "b"])
    #expect(again.totalUpdates == 0)
    #expect(again.alreadyStored == 3)
    #expect(await publisher.messages.count == 3)
  }
}
