import BSON
import EmbeddedStore
import ReplayHarness
import ScriptedEnds
import TestTraits
import Testing
import Updates

@testable import Pipeline

/// A dry run of a stored event, after the state has moved on.
@Suite(.bounded) struct DryRunTests {
  private func member(_ userId: String, _ fields: String = "") -> String {
    #"{"tenantId":"t","dialogId":"d","userId":"\#(userId)"\#(fields)}"#
  }

  private func line(_ event: ScriptedEvent) -> String { String(decoding: event.text, as: UTF8.self) }

  private func verdicts(_ dryRun: DryRun) -> [String] {
    dryRun.lines.map { "\($0.userId) \($0.type) \($0.verdict.name)" }
  }

  @Test func `each update is the same, differs, is missing or is unexpected`() async throws {
    let store = try EmbeddedStore.inMemory()
    let event = try ScriptedEvent.dialogUpdate(1)
    let members = [member("ann"), member("bob"), member("cat")].joined(separator: ",")
    _ = try await replay([#"{"upsert":{"dialogmembers":[\#(members)]}}"#, line(event)], into: store)
    #expect(
      try await verdicts(DryRun(of: .json(event.text), in: store))
        == ["ann DialogUpdate same", "bob DialogUpdate same", "cat DialogUpdate same"])

    let changed = [member("bob", #","unreadCount":2"#), member("cat", #","isActive":false"#), member("dan")]
    _ = try await replay(
      [#"{"upsert":{"dialogmembers":[\#(changed.joined(separator: ","))]}}"#], into: store)
    let dryRun = try await DryRun(of: .json(event.text), in: store)
    #expect(
      verdicts(dryRun) == [
        "ann DialogUpdate same", "bob DialogUpdate differs", "dan DialogUpdate missing",
        "cat DialogUpdate unexpected",
      ])
    guard case .differs(let differences) = dryRun.lines[1].verdict else { return }
    #expect(differences.map(\.path) == ["data.member.state.unreadCount"])
    #expect(differences.map { $0.first?.isNull } == [true])
    #expect(differences.map { $0.second?.integer } == [2])
  }

  @Test func `nothing is stored by a dry run`() async throws {
    let store = try EmbeddedStore.inMemory()
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await replay([#"{"upsert":{"dialogmembers":[\#(member("ann"))]}}"#], into: store)
    #expect(try await verdicts(DryRun(of: .json(event.text), in: store)) == ["ann DialogUpdate missing"])
    #expect(try await storedUpdates(store).isEmpty)
    #expect(try await store.history(of: event.id).isEmpty)
  }

  @Test func `§8 a dead letter's body says why it is bad, or what it would make now`() async throws {
    let store = try EmbeddedStore.inMemory()
    let text = #"""
      {"_id":"64b000000000000000000001","tenantId":"t","eventType":"dialog.update","data":{"context":{"dialogId":"d"}}}
      """#
    let before = try await DryRun(of: .json(Array(text.utf8)), in: store)
    guard case .bad(let reason) = before.explanation.outcome else {
      Issue.record("not bad: \(before.explanation.outcome)")
      return
    }
    #expect(reason.code == .unknown && before.lines.isEmpty)
    _ = try await replay(
      [
        #"{"upsert":{"dialogs":[{"tenantId":"t","dialogId":"d"}],"dialogmembers":[\#(member("ann"))]}}"#
      ], into: store)
    let now = try await DryRun(of: .json(Array(text.utf8)), in: store)
    #expect(now.explanation.outcome == .planned)
    #expect(verdicts(now) == ["ann DialogUpdate missing"])
    let broken = try await DryRun(of: .json(Array("{".utf8)), in: store)
    guard case .bad = broken.explanation.outcome else {
      Issue.record("not bad: \(broken.explanation.outcome)")
      return
    }
    #expect(broken.explanation.eventKey == nil && broken.lines.isEmpty)
  }

  @Test func `of a dialog with too many members nobody is said to miss an update`() async throws {
    let store = try EmbeddedStore.inMemory()
    let event = try ScriptedEvent.memberAdd(1, user: "zoe")
    let members = ["ann", "bob", "cat", "zoe"].map { member($0) }.joined(separator: ",")
    _ = try await replay([#"{"upsert":{"dialogmembers":[\#(members)]}}"#, line(event)], into: store)
    let dryRun = try await DryRun(of: .json(event.text), in: store, mostMembers: 2)
    #expect(dryRun.isCut && dryRun.explanation.hasMoreMembers)
    // Those who have got one are looked at whatever their place among the members.
    #expect(dryRun.count("same") == 5 && dryRun.lines.count == 5)
    let zoe = dryRun.explanation.people.first { $0.concerned.userId.string == "zoe" }
    #expect(zoe?.concerned.roles == [.member, .subject])
  }

  @Test func `an explanation lists the look-ups in their order, and how much was found`() async throws {
    let directory = try EmbeddedStore.inMemory()
    _ = try await replay([#"{"upsert":{"dialogmembers":[\#(member("ann"))]}}"#], into: directory)
    let event = try ScriptedEvent.messageCreate(1, sender: "Sam")
    let explanation = try await EventExplainer(directory).explain(.json(event.text))
    #expect(
      explanation.lookUps == [
        LookUp("messages", "m1", found: 0), LookUp("messagestatuses", "of m1, the newest", found: 0),
        LookUp("messages", "of d, newer than the time of the event", found: 0),
        LookUp("dialogmembers", "of d, active or not", found: 1), LookUp("users", "Sam", found: 0),
        LookUp("users", "ann", found: 0), LookUp("users", "sam", found: 0),
        LookUp("metas", "dialogMember d:ann", found: 0), LookUp("metas", "message m1", found: 0),
        LookUp("metas", "user Sam", found: 0),
      ])
    #expect(explanation.location?.senderId?.string == "Sam")
    #expect(explanation.counts.map(\.type) == [.message])
  }
}
