import Maintenance
import Pipeline
import ScriptedEnds
import SpecModel
import TestTraits
import Testing
import Updates

/// Where events that are examined together are cut.
@Suite(.bounded) struct EventSlicesTests {
  private func items(_ events: [ScriptedEvent]) -> [EventIntake.Item] {
    events.map { EventIntake.decode($0.delivery()) }
  }

  /// The tags of each slice.
  private func tags(_ slices: [ArraySlice<EventIntake.Item>]) -> [[UInt64]] {
    slices.map { $0.map(\.delivery.tag) }
  }

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
    let bad = EventIntake.decode(Delivery(content: .json(Array("{".utf8)), tag: 1))
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
