import BSON
import Maintenance
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// What a verification says about the updates of archived events.
@Suite(.bounded) struct EventAuditTests {
  private let directory = ScriptedDirectory { $0.join(["a", "b"], "d") }
  private let store = ScriptedStore()

  /// Makes the updates of these events as a worker does, publishes and marks them.
  private func handle(_ events: [ScriptedEvent]) async throws {
    let pipeline = UpdatePipeline(
      directory: directory, store: store, publisher: ScriptedPublisher(), deadLetters: ScriptedDeadLetters())
    _ = try await pipeline.handle(events.map { $0.delivery() })
  }

  private func audit(
    _ deliveries: [Delivery], history: [ScriptedEvent] = [], mostMembers: Int = 4000
  ) async throws -> (counts: EventAudit.Counts, found: [Difference]) {
    let everything = EventRange(tenantId: nil, since: 0, until: nil)
    let history = try await MembershipHistory.read(MemoryArchive(history), in: everything)
    var found: [Difference] = []
    let audit = EventAudit(directory, store, history: history, mostMembers: mostMembers)
    let counts = try await audit.examine(deliveries) { found.append($0) }
    return (counts, found)
  }

  private func differences(
    _ events: [ScriptedEvent], history: [ScriptedEvent] = [], mostMembers: Int = 4000
  ) async throws -> [Difference] {
    try await audit(events.map { $0.delivery() }, history: history, mostMembers: mostMembers).found
  }

  /// Kind, recipient and type of each difference: `missing a dialog.update`.
  private func words(_ differences: [Difference]) -> [String] {
    differences.map { "\($0.kind.rawValue) \($0.userId.string) \($0.eventType)" }
  }

  /// Replaces fields of the stored update for a user.
  private func tamper(_ user: String, _ build: (inout BSONWriter) -> Void) throws {
    let update = try #require(store.updates.first { $0.userId.string == user })
    store.remove { $0.id == update.id }
    store.put(update.document.replacing(build))
  }

  private func object(_ json: String) throws -> BSONDocument {
    try JSONReader.object(Array(json.utf8))
  }

  // MARK: - Nothing to find

  @Test func `what a worker has made and published is as it should be`() async throws {
    let events = [
      try ScriptedEvent.dialogUpdate(1), try ScriptedEvent.memberAdd(2, user: "b"),
      try ScriptedEvent.userUpdate(3, user: "c"), try ScriptedEvent.messageCreate(4, sender: "a"),
    ]
    try await handle(events)
    let (counts, found) = try await audit(events.map { $0.delivery() })
    #expect(found == [])
    #expect(counts.events == 4)
    #expect(counts.updates == store.records.count)
    #expect(counts.foreign == 0)
  }

  @Test func `no events are no differences`() async throws {
    #expect(try await differences([]) == [])
  }

  // MARK: - Missing

  @Test func `an update that is due and not stored is missing, and named by its id`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    try await handle([event])
    store.remove { $0.userId.string == "b" }
    let found = try await differences([event])
    #expect(words(found) == ["missing b dialog.update"])
    #expect(found.first?.updateId == (try event.updates(for: ["b"])[0].id))
    #expect(found.first?.eventId == event.id)
  }

  @Test func `the update of the user whom an event names can be missing`() async throws {
    #expect(
      try await words(differences([.userUpdate(1, user: "c")])) == ["missing c user.update"])
  }

  @Test func `§6 the statistics of the added user can be missing`() async throws {
    let event = try ScriptedEvent.memberAdd(1, user: "b")
    try await handle([event])
    store.remove { $0.type == .userStats }
    #expect(try await words(differences([event])) == ["missing b user.stats.update"])
  }

  @Test func `in a dialog that is too large for one look-up missing updates are found too`() async throws {
    let users = (1...25).map { "u\($0)" }
    directory.change { $0.join(users, "large") }
    let events = [
      try ScriptedEvent.dialogUpdate(1, dialog: "large"), try ScriptedEvent.dialogUpdate(2),
    ]
    try await handle(events)
    store.remove { $0.userId.string == "u7" || $0.userId.string == "a" }
    #expect(
      try await words(differences(events, mostMembers: 10))
        == ["missing u7 dialog.update", "missing a dialog.update"])
  }

  @Test func `who joined the dialog later is not due its earlier updates`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    let joining = try ScriptedEvent.memberAdd(2, user: "b")
    #expect(try await words(differences([event], history: [joining])) == ["missing a dialog.update"])
  }

  @Test func `who joined the dialog before is due its later updates`() async throws {
    let event = try ScriptedEvent.dialogUpdate(3)
    let joining = try ScriptedEvent.memberAdd(2, user: "b")
    #expect(
      try await words(differences([event], history: [joining]))
        == ["missing a dialog.update", "missing b dialog.update"])
  }

  @Test func `who left and came back was a member before`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    let leaving = try ScriptedEvent(
      2, "dialog.member.remove", data: #"{"dialog":{"dialogId":"d"},"member":{"userId":"b"}}"#)
    let coming = try ScriptedEvent.memberAdd(3, user: "b")
    #expect(
      try await words(differences([event], history: [leaving, coming])).contains("missing b dialog.update"))
  }

  // MARK: - Unpublished

  @Test func `an update that was never confirmed is unpublished`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    try await handle([event])
    try tamper("b") { $0.append("published", false) }
    let found = try await differences([event])
    #expect(words(found) == ["unpublished b dialog.update"])
    #expect(found.first?.updateId == (try event.updates(for: ["b"])[0].id))
  }

  @Test func `§5 an update whose routing key is too long is counted as unsendable`() async throws {
    let user = String(repeating: "x", count: 250)
    let event = try ScriptedEvent.userUpdate(1, user: user)
    _ = try await store.insert(event.updates())
    let (counts, found) = try await audit([event.delivery()])
    #expect(found == [])
    #expect(counts.unsendable == 1)
  }

  // MARK: - Content

  @Test func `an update that holds something else than its event says differs in content`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "c")
    try await handle([event])
    let data = try object(
      #"{"context":{"eventType":"user.update","entityId":"c","includedSections":["user"]},"user":{"userId":"x","meta":{}}}"#
    )
    try tamper("c") { $0.append("data", data) }
    let found = try await differences([event])
    #expect(words(found) == ["content c user.update"])
    #expect(found.first?.detail == "data.user.userId is not what the event says")
  }

  @Test func `what only the state decides is no difference in content`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    try await handle([event])
    directory.change { state in
      state.members = [:]
      state.join(["a", "b"], "d", unreadCount: 99)
    }
    #expect(try await differences([event]) == [])
  }

  // MARK: - Unexpected

  @Test func `an update for somebody whom its event does not concern is unexpected`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "c")
    try await handle([event])
    let id = UpdateIdentity.id(
      tenantId: Identifier("t"), eventId: event.id, userId: Identifier("e"), type: .user)
    let update = try #require(store.updates.first)
    store.put(
      update.document.replacing { output in
        output.append("_id", id)
        output.append("userId", "e")
      })
    let found = try await differences([event])
    #expect(words(found) == ["unexpected e user.update"])
    #expect(found.first?.updateId == id)
  }

  @Test func `an update of an event that makes none is unexpected`() async throws {
    let real = try ScriptedEvent.userUpdate(1, user: "c")
    try await handle([real])
    let ignored = try ScriptedEvent(1, "tenant.update")
    let (counts, found) = try await audit([ignored.delivery()])
    #expect(words(found) == ["unexpected c user.update"])
    #expect(counts.ignored == 1)
    #expect(counts.events == 0)
  }

  @Test func `whoever was a member once may have an update`() async throws {
    let event = try ScriptedEvent.dialogUpdate(1)
    try await handle([event])
    directory.change { $0.members = [:] }
    #expect(try await differences([event]) == [])
  }

  // MARK: - Duplicates and other programs

  @Test func `a second update for one purpose is a duplicate`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "c")
    try await handle([event])
    let other = try ScriptedEvent.userUpdate(99, user: "c").id
    let update = try #require(store.updates.first)
    store.put(update.document.replacing { $0.append("_id", other) })
    let (counts, found) = try await audit([event.delivery()])
    #expect(words(found) == ["duplicate c user.update"])
    #expect(found.first?.updateId == other)
    #expect(counts.updates == 2)
  }

  /// An update with another program's `_id` and none of the fields that only this worker writes.
  private func foreign(_ event: ScriptedEvent, for user: String, isPublished: Bool) throws -> BSONDocument {
    var output = BSONWriter()
    output.append("_id", try ScriptedEvent.userUpdate(77, user: user).id)
    output.append("tenantId", "t")
    output.append("userId", user)
    output.append("eventId", event.id)
    output.append("eventType", "user.update")
    output.append("data", .empty)
    output.append("published", isPublished)
    return output.finish()
  }

  @Test func `another program's update counts as there, whatever it holds`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "c")
    store.put(try foreign(event, for: "c", isPublished: true))
    let (counts, found) = try await audit([event.delivery()])
    #expect(found == [])
    #expect(counts.foreign == 1)
    #expect(counts.updates == 1)
  }

  @Test func `another program's update can be unpublished`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "c")
    store.put(try foreign(event, for: "c", isPublished: false))
    #expect(try await words(differences([event])) == ["unpublished c user.update"])
  }

  @Test func `§2 updates of another tenant's event with the same identity are passed over`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "c")
    try await handle([event, .userUpdate(1, user: "e", of: "s")])
    let (counts, found) = try await audit([event.delivery()])
    #expect(found == [])
    #expect(counts.updates == 1)
  }

  // MARK: - Bad events

  @Test func `of an event that is bad nothing is said`() async throws {
    let good = try ScriptedEvent.userUpdate(1, user: "c")
    try await handle([good])
    let (counts, found) = try await audit([ScriptedEvent.userUpdate(1, user: "").delivery()])
    #expect(found == [])
    #expect(counts.bad == 1)
    #expect(counts.updates == 1)
  }

  @Test func `an event whose dialog is not stored any more is bad`() async throws {
    let event = try ScriptedEvent(1, "dialog.update", data: #"{"context":{"dialogId":"d"}}"#)
    let (counts, found) = try await audit([event.delivery()])
    #expect(found == [])
    #expect(counts.bad == 1)
    #expect(counts.events == 0)
  }

  @Test func `an event whose message is not stored any more is bad`() async throws {
    let event = try ScriptedEvent(1, "message.update", data: #"{"context":{"messageId":"m","dialogId":"d"}}"#)
    let (counts, found) = try await audit([event.delivery()])
    #expect(found == [])
    #expect(counts.bad == 1)
  }

  @Test func `what has no identity is counted as bad`() async throws {
    let delivery = Delivery(content: .unreadable(BadEvent(nil, "damaged", .unreadable)), tag: 1)
    #expect(try await audit([delivery]).counts.bad == 1)
  }
}
