import BSON
import ScriptedEnds
import TestTraits
import Testing
import Updates

@testable import Pipeline

/// What becomes of one slice of updates: stored, published, marked.
@Suite(.bounded) struct UpdateShippingTests {
  private struct Scene {
    let store = ScriptedStore()
    let publisher: ScriptedPublisher
    let shipping: UpdateShipping

    init(objections: [String: String] = [:]) {
      publisher = ScriptedPublisher(journal: store.journal, objections: objections)
      shipping = UpdateShipping(store: store, publisher: publisher, clock: UpdateClock())
    }

    /// Whose updates are marked as published.
    var marked: [String] { store.updates.filter(\.isPublished).map(\.userId.string) }
  }

  private func slice(
    _ event: ScriptedEvent, for users: [String], trace: TraceContext = TraceContext()
  ) throws -> [UpdateShipping.Entry] {
    let origin = UpdateShipping.Origin(event.key, trace: trace)
    return try event.updates(for: users).map { UpdateShipping.Entry(update: $0, origin: origin) }
  }

  @Test func `§4 new updates are stored, then published, then marked`() async throws {
    let scene = Scene()
    let outcome = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a", "b"]))
    #expect(scene.store.journal.lines == ["insert a b", "publish a b", "mark a b"])
    #expect(scene.marked == ["a", "b"])
    #expect(outcome.tally.updates == [.dialog: 2])
    #expect(outcome.tally.published == 2)
    #expect(outcome.storedBefore.isEmpty)
  }

  @Test func `§4 updates get the time of their making, each a later one`() async throws {
    let scene = Scene()
    let before = UpdateClock().now()
    _ = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a", "b", "c"]))
    let times = scene.store.updates.map(\.createdAt)
    #expect(Set(times).count == 3)
    #expect(times == times.sorted())
    #expect(try #require(times.first) >= before)
  }

  @Test func `§4 publishedAt of the record is that of the message`() async throws {
    let scene = Scene()
    _ = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a"]))
    let message = try #require(await scene.publisher.messages.first)
    let update = try #require(scene.store.updates.first)
    let body = try JSONReader.object(message.body)
    #expect(body["publishedAt"]?.number == update.document["publishedAt"]?.number)
    #expect(body["createdAt"]?.number == update.createdAt)
  }

  @Test func `§5 messages carry the trace headers of their event`() async throws {
    let scene = Scene()
    let trace = TraceContext(parent: "00-1-1-01", state: "a=1")
    let first = try slice(.dialogUpdate(1), for: ["a"], trace: trace)
    _ = try await scene.shipping.ship(first + slice(.dialogUpdate(2), for: ["a"]))
    #expect(await scene.publisher.messages.map(\.trace) == [trace, TraceContext()])
  }

  @Test func `§4 of updates that were stored before, the stored version is published`() async throws {
    let scene = Scene()
    _ = try await scene.store.insert(ScriptedEvent.dialogUpdate(1, name: "old").updates(for: ["a"]))
    let outcome = try await scene.shipping.ship(slice(.dialogUpdate(1, name: "new"), for: ["a"]))
    let message = try #require(await scene.publisher.messages.first)
    let body = try JSONReader.object(message.body)
    #expect(body.document("data")?.document("dialog")?["name"]?.string == "old")
    #expect(body["createdAt"]?.number == 1000)
    #expect(scene.marked == ["a"])
    #expect(outcome.tally.updates.isEmpty)
    #expect(outcome.tally.alreadyStored == 1)
    #expect(outcome.tally.published == 1)
    #expect(outcome.storedBefore == [try ScriptedEvent.dialogUpdate(1).key])
  }

  @Test func `§4 updates that were published before are not published again`() async throws {
    let scene = Scene()
    let updates = try slice(.dialogUpdate(1), for: ["a", "b"])
    _ = try await scene.shipping.ship(updates)
    let outcome = try await scene.shipping.ship(updates)
    #expect(await scene.publisher.recipients == ["a", "b"])
    #expect(outcome.tally.alreadyStored == 2)
    #expect(outcome.tally.published == 0)
  }

  @Test func `§5 new and old ones are published in the order of the slice`() async throws {
    let scene = Scene()
    _ = try await scene.store.insert(ScriptedEvent.dialogUpdate(1).updates(for: ["d", "b"]))
    _ = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a", "b", "c", "d"]))
    #expect(await scene.publisher.recipients == ["a", "b", "c", "d"])
  }

  @Test func `§8 what the store refuses is named with its recipient, the rest is published`() async throws {
    let scene = Scene()
    scene.store.answer(.refused("it is too large"), for: "b")
    let outcome = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a", "b", "c"]))
    let key = try ScriptedEvent.dialogUpdate(1).key
    #expect(outcome.refused == [key: "an update for b cannot be stored: it is too large"])
    #expect(await scene.publisher.recipients == ["a", "c"])
    #expect(outcome.tally.updates == [.dialog: 2])
  }

  @Test func `what is not due is neither counted nor published`() async throws {
    let scene = Scene()
    scene.store.answer(.notDue, for: "b")
    let outcome = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a", "b"]))
    #expect(await scene.publisher.recipients == ["a"])
    var expected = Tally()
    expected.updates = [.dialog: 1]
    expected.published = 1
    #expect(outcome.tally == expected)
  }

  @Test func `with nothing to publish the publisher is not asked`() async throws {
    let scene = Scene()
    scene.store.answer(.notDue, for: "a")
    _ = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a"]))
    #expect(scene.store.journal.lines == ["insert a"])
  }

  @Test func `§5 what cannot be sent is named and counted, and stays unmarked`() async throws {
    let scene = Scene(objections: ["b": "its routing key is too long"])
    let updates = try slice(.dialogUpdate(1), for: ["a", "b", "c"])
    let outcome = try await scene.shipping.ship(updates)
    #expect(scene.marked == ["a", "c"])
    #expect(outcome.unsendable.map(\.id) == [updates[1].update.id])
    #expect(outcome.unsendable.map(\.reason) == ["its routing key is too long"])
    #expect(outcome.tally.unsendable == 1)
    #expect(outcome.tally.published == 2)
  }

  @Test func `with nothing confirmed nothing is marked`() async throws {
    let scene = Scene(objections: ["a": "too long"])
    _ = try await scene.shipping.ship(slice(.dialogUpdate(1), for: ["a"]))
    #expect(scene.store.journal.lines == ["insert a", "publish a"])
  }

  @Test func `§4 nothing is marked when publishing fails`() async throws {
    let scene = Scene()
    let fault = ScriptedFault(message: "connection lost")
    scene.publisher.publishing.plan(fault)
    let updates = try slice(.dialogUpdate(1), for: ["a"])
    await #expect(throws: fault) { try await scene.shipping.ship(updates) }
    #expect(scene.store.journal.lines == ["insert a", "publish a"])
    #expect(scene.marked == [])
  }

  @Test func `nothing is published when storing fails`() async throws {
    let scene = Scene()
    let fault = ScriptedFault(message: "connection lost")
    scene.store.inserting.plan(fault)
    let updates = try slice(.dialogUpdate(1), for: ["a"])
    await #expect(throws: fault) { try await scene.shipping.ship(updates) }
    #expect(scene.store.journal.lines == ["insert a"])
  }

  @Test func `§7.5 what could not be marked is published again, with the same message id`() async throws {
    let scene = Scene()
    scene.store.marking.plan(ScriptedFault(message: "connection lost"))
    let updates = try slice(.dialogUpdate(1), for: ["a"])
    await #expect(throws: ScriptedFault.self) { try await scene.shipping.ship(updates) }
    _ = try await scene.shipping.ship(updates)
    let id = updates[0].update.id
    #expect(await scene.publisher.messages.map(\.id) == [id, id])
    #expect(scene.marked == ["a"])
  }

  @Test func `without a publisher updates are stored and stay unpublished`() async throws {
    let store = ScriptedStore()
    let shipping = UpdateShipping(store: store, publisher: nil, clock: UpdateClock())
    let outcome = try await shipping.ship(slice(.dialogUpdate(1), for: ["a"]))
    #expect(store.updates.map(\.isPublished) == [false])
    #expect(outcome.tally.updates == [.dialog: 1])
    #expect(outcome.tally.published == 0)
  }

  // MARK: - What was left unpublished

  private func publishUnpublished(
    _ scene: Scene, of events: [ObjectId: TraceContext], pageSize: Int = 2
  ) async throws -> UpdateShipping.Outcome {
    try await scene.shipping.publishUnpublished(
      of: events, tenantId: Identifier("t"), pageSize: pageSize)
  }

  @Test func `§4 what was left unpublished goes page by page, in the order of its making`() async throws {
    let scene = Scene()
    let (early, late) = (try ScriptedEvent.dialogUpdate(1), try ScriptedEvent.dialogUpdate(2))
    _ = try await scene.store.insert(late.updates(for: ["d", "e"]))
    _ = try await scene.store.insert(early.updates(for: ["a", "b", "c"]))
    let outcome = try await publishUnpublished(
      scene, of: [early.id: TraceContext(), late.id: TraceContext()])
    let lines = scene.store.journal.lines.dropFirst(2)
    #expect(lines == ["publish a b", "mark a b", "publish c d", "mark c d", "publish e", "mark e"])
    #expect(outcome.tally.published == 5)
  }

  @Test func `§5 what was left gets the trace headers of its own event`() async throws {
    let scene = Scene()
    let (first, second) = (try ScriptedEvent.dialogUpdate(1), try ScriptedEvent.dialogUpdate(2))
    _ = try await scene.store.insert(first.updates(for: ["a"]) + second.updates(for: ["a"]))
    let traces = [first.id: TraceContext(parent: "1"), second.id: TraceContext(parent: "2")]
    _ = try await publishUnpublished(scene, of: traces)
    #expect(await scene.publisher.messages.map(\.trace.parent) == ["1", "2"])
  }

  @Test func `what was left and cannot be sent is tried once and holds nothing up`() async throws {
    let scene = Scene(objections: ["a": "too long", "b": "too long"])
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await scene.store.insert(event.updates(for: ["a", "b", "c"]))
    let outcome = try await publishUnpublished(scene, of: [event.id: TraceContext()])
    #expect(outcome.unsendable.count == 2)
    #expect(scene.marked == ["c"])
  }

  @Test func `updates of other events and of other tenants are left alone`() async throws {
    let scene = Scene()
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    let others = [
      try ScriptedEvent.userUpdate(2, user: "b"), try ScriptedEvent.userUpdate(1, user: "c", of: "s"),
    ]
    for event in [event] + others { _ = try await scene.store.insert(event.updates()) }
    _ = try await publishUnpublished(scene, of: [event.id: TraceContext()])
    #expect(await scene.publisher.recipients == ["a"])
  }

  @Test func `a page that fails is not marked, those before it are`() async throws {
    let scene = Scene()
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await scene.store.insert(event.updates(for: ["a", "b", "c"]))
    scene.store.marking.plan(ScriptedFault(message: "connection lost"))
    await #expect(throws: ScriptedFault.self) {
      try await publishUnpublished(scene, of: [event.id: TraceContext()])
    }
    #expect(scene.marked == [])
    _ = try await publishUnpublished(scene, of: [event.id: TraceContext()])
    #expect(scene.marked == ["a", "b", "c"])
  }

  @Test func `without a publisher what was left is not even looked for`() async throws {
    let store = ScriptedStore()
    store.reading.plan(ScriptedFault(message: "asked"))
    let shipping = UpdateShipping(store: store, publisher: nil, clock: UpdateClock())
    let id = try ScriptedEvent.dialogUpdate(1).id
    let outcome = try await shipping.publishUnpublished(
      of: [id: TraceContext()], tenantId: Identifier("t"), pageSize: 2)
    #expect(outcome.tally == Tally())
  }
}

extension UpdateShipping {
  /// Takes updates through all steps, one after the other.
  fileprivate func ship(_ entries: [Entry]) async throws -> Outcome {
    let stored = try await store(entries)
    let sent = try await publish(stored.messages, at: stored.publishedAt)
    try await mark(sent)
    var outcome = stored.outcome
    outcome += sent.outcome
    return outcome
  }
}
