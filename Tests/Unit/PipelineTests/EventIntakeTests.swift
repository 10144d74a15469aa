import BSON
import Pipeline
import ScriptedEnds
import SpecModel
import TestTraits
import Testing
import Updates

/// What each delivery is, and where a round is cut.
@Suite(.bounded) struct EventIntakeTests {
  private func decode(_ text: String) -> EventIntake.Item {
    EventIntake.decode(Delivery(content: .json(Array(text.utf8)), tag: 1))
  }

  private func badness(_ item: EventIntake.Item) -> String? {
    if case .bad(let error) = item.kind { error.description } else { nil }
  }

  private func isIgnored(_ item: EventIntake.Item) -> Bool {
    if case .ignored = item.kind { true } else { false }
  }

  private func items(_ events: [ScriptedEvent]) -> [EventIntake.Item] {
    events.map { EventIntake.decode($0.delivery()) }
  }

  /// The tags of each slice.
  private func tags(_ slices: [ArraySlice<EventIntake.Item>]) -> [[UInt64]] {
    slices.map { $0.map(\.delivery.tag) }
  }

  @Test func `JSON of a type that makes updates is a draft`() throws {
    let event = try ScriptedEvent.userUpdate(1, user: "u")
    let item = EventIntake.decode(event.delivery())
    guard case .draft(let draft) = item.kind else {
      Issue.record("no draft: \(item.kind)")
      return
    }
    #expect(draft.event.id == event.id)
    #expect(item.eventKey == event.key)
  }

  @Test func `what the source has decoded already is a draft too`() throws {
    let event = try ScriptedEvent.userUpdate(1, user: "u")
    let item = EventIntake.decode(Delivery(content: .document(event.header.document), tag: 1))
    guard case .draft = item.kind else {
      Issue.record("no draft: \(item.kind)")
      return
    }
    #expect(item.eventKey == event.key)
  }

  @Test func `§8 what the source could not read is bad for the reason that the source gave`() {
    let item = EventIntake.decode(
      Delivery(content: .unreadable(BadEvent("line", "is too long", .unreadable)), tag: 1))
    #expect(badness(item) == "line is too long")
    #expect(item.header == nil)
    #expect(item.eventKey == nil)
  }

  @Test(arguments: ["", "[]", "{", #"{"tenantId":"t","eventType":"user.update"}"#])
  func `§8 what is no event is bad and has no identity`(text: String) {
    let item = decode(text)
    #expect(badness(item) != nil)
    #expect(item.eventKey == nil)
  }

  @Test func `§3 an event of another type is ignored`() throws {
    let event = try ScriptedEvent(1, "tenant.create")
    let item = EventIntake.decode(event.delivery())
    #expect(isIgnored(item))
    #expect(item.eventKey == event.key)
  }

  @Test func `§8 an ignored event may have a tenant that is no id`() {
    let item = decode(#"{"_id":"64b000000000000000000001","tenantId":7,"eventType":"tenant.create"}"#)
    #expect(isIgnored(item))
    #expect(item.eventKey == nil)
  }

  @Test func `§8 an event with a bad id in it is bad and keeps its identity`() throws {
    let event = try ScriptedEvent.userUpdate(1, user: "")
    let item = EventIntake.decode(event.delivery())
    #expect(badness(item) == "data.user.userId is empty, where an id is needed")
    #expect(item.eventKey == event.key)
  }

  @Test func `§8 an event that lacks what its type needs is bad`() throws {
    let event = try ScriptedEvent(1, "dialog.member.add", data: #"{"dialog":{"dialogId":"d"}}"#)
    #expect(
      badness(EventIntake.decode(event.delivery()))
        == "data.member.userId is missing, which dialog.member.add needs")
  }

  // MARK: - Slices

  @Test func `events that all differ are one slice`() throws {
    let events = try (1...3).map { try ScriptedEvent.userUpdate($0, user: "u") }
    #expect(tags(EventIntake.slices(items(events))) == [[1, 2, 3]])
  }

  @Test func `no events are no slices`() {
    #expect(EventIntake.slices([]).isEmpty)
  }

  @Test func `a slice ends where an event comes again`() throws {
    let events = try [1, 2, 1, 3, 1].map { try ScriptedEvent.userUpdate($0, user: "u") }
    #expect(tags(EventIntake.slices(items(events))) == [[1, 2], [1, 3], [1]])
  }

  @Test func `an event may come again with another content`() throws {
    let events = [
      try ScriptedEvent.userUpdate(1, user: "u"), try ScriptedEvent.dialogUpdate(1),
    ]
    #expect(tags(EventIntake.slices(items(events))) == [[1], [1]])
  }

  @Test func `§2 events of two tenants with one identity are two events`() throws {
    let events = try ["t", "s"].map { try ScriptedEvent.userUpdate(1, user: "u", of: $0) }
    #expect(tags(EventIntake.slices(items(events))) == [[1, 1]])
  }

  @Test func `what has no identity ends no slice`() {
    let bad = decode("{")
    #expect(tags(EventIntake.slices([bad, bad, bad])) == [[1, 1, 1]])
  }

  @Test(arguments: 1...50)
  func `slices in a row are the items, none has an event twice, and none ends too early`(seed: UInt64) throws
  {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 1...40, using: &random)
    let variety = Int.random(in: 1...20, using: &random)
    var all: [EventIntake.Item] = []
    for index in 0..<count {
      let number = Int.random(in: 0...variety, using: &random)
      let text = number == 0 ? [] : try ScriptedEvent.userUpdate(number, user: "u").text
      all.append(EventIntake.decode(Delivery(content: .json(text), tag: UInt64(index))))
    }
    let slices = EventIntake.slices(all)
    #expect(tags(slices).flatMap { $0 } == all.map(\.delivery.tag))
    for slice in slices {
      let keys = slice.compactMap(\.eventKey)
      #expect(Set(keys).count == keys.count)
    }
    for (slice, next) in zip(slices, slices.dropFirst()) {
      let first = try #require(next.first?.eventKey)
      #expect(slice.contains { $0.eventKey == first })
    }
  }
}
