import BSON
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// What each delivery is.
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

  @Test func `JSON of a type that makes updates is an event`() throws {
    let event = try ScriptedEvent.userUpdate(1, user: "u")
    let item = EventIntake.decode(event.delivery())
    guard case .event(let decoded) = item.kind else {
      Issue.record("no event: \(item.kind)")
      return
    }
    #expect(decoded.id == event.id)
    #expect(item.eventKey == event.key)
  }

  @Test func `what the source has decoded already is an event too`() throws {
    let event = try ScriptedEvent.userUpdate(1, user: "u")
    let item = EventIntake.decode(Delivery(content: .document(event.header.document), tag: 1))
    guard case .event = item.kind else {
      Issue.record("no event: \(item.kind)")
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
}
