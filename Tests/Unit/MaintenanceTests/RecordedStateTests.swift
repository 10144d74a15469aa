import BSON
import EmbeddedStore
import Maintenance
import Pipeline
import ReplayHarness
import SpecModel
import Synchronization
import TestTraits
import TestKit
import Testing
import Updates

/// Recordings with the state: replayed, they give what was made when they were recorded.
@Suite(.bounded) struct RecordedStateTests {
  /// Records the events of a timeline while its state lines change the state.
  private func record(
    _ lines: [String], mask: [String] = [], selection: EventSelection = .init(tenantId: nil, dialogId: nil)
  ) async throws -> (lines: [String], tally: RecordTally) {
    let state = try StoredState()
    var steps: [ScriptedTap.Step] = []
    var events: [String] = []
    for line in lines {
      let blank = line.utf8.allSatisfy { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
      if line.hasPrefix("#") || blank { continue }
      guard let document = try? JSONReader.object(Array(line.utf8)), StateChange.isStateLine(document) else {
        events.append(line)
        continue
      }
      if !events.isEmpty { steps.append(.events(events)) }
      events = []
      steps.append(
        .action {
          do {
            try await state.apply(StateChange(document))
          } catch is BadEvent {
            // The other lines count all the same.
          }
        })
    }
    steps.append(.events(events))
    let written = EventRecorderTests.Lines()
    let recorder = EventRecorder(
      tap: ScriptedTap(steps), state: (state.directory, state), selection: selection,
      mask: try RecordingMask(mask),
      write: { written.append($0) })
    try await recorder.run()
    return (written.all, await recorder.tally)
  }

  private func updates(_ lines: [String]) async throws -> [JSON] {
    let store = try EmbeddedStore.inMemory()
    _ = try await replay(lines, into: store)
    return try await storedUpdates(store)
  }

  @Test(arguments: RandomSeeds.from(1, count: 25))
  func `a replay of the recording of a random timeline gives the same updates`(seed: Int) async throws {
    var generator = TimelineGenerator(seed: UInt64(1000 + seed))
    let lines = generator.timeline(events: 120)
    let recording = try await record(lines)
    let expected = try await updates(lines)
    let found = differences(try await updates(recording.lines), expected)
    #expect(found.prefix(3) == [])
    #expect(recording.tally.unwritableRecords == 0)
    #expect(expected.count > 100)
  }

  @Test func `a record is written once, again when it has changed, and deleted when it is gone`() async throws
  {
    let member = #"{"tenantId":"t","dialogId":"d","userId":"u","unreadCount":"#
    func event(_ number: Int) -> String {
      #"{"_id":"00000000000000000000000\#(number)","tenantId":"t","eventType":"dialog.update","data":{"dialog":{"dialogId":"d"}}}"#
    }
    let recording = try await record([
      #"{"upsert":{"dialogmembers":[\#(member)0}],"users":[{"tenantId":"t","userId":"u","password":"secret"}]}}"#,
      event(1), #"{"upsert":{}}"#, event(2), #"{"upsert":{"dialogmembers":[\#(member)1}]}}"#, event(3),
      #"{"delete":{"dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"u"}]}}"#, event(4),
    ])
    #expect(
      recording.lines.filter { !$0.contains("eventType") } == [
        #"{"upsert":{"users":[{"tenantId":"t","userId":"u","password":"secret"}],"dialogmembers":[\#(member)0}]}}"#,
        #"{"upsert":{"dialogmembers":[\#(member)1}]}}"#,
        #"{"delete":{"dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"u"}]}}"#,
      ])
    #expect(recording.tally.records == ["users": 1, "dialogmembers": 2] && recording.tally.deletions == 1)
  }

  @Test func `a record whose status has changed is not in the history twice`() async throws {
    let key = #""tenantId":"t","messageId":"m","userId":"u""#
    func event(_ number: Int) -> String {
      #"{"_id":"00000000000000000000000\#(number)","tenantId":"t","eventType":"message.status.update","data":{"context":{"dialogId":"d"},"dialog":{"dialogId":"d"},"message":{"messageId":"m","senderId":"s"},"statusUpdate":{}}}"#
    }
    let lines = [
      #"{"upsert":{"dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"u"}],"messagestatuses":[{\#(key),"status":"sent"},{\#(key),"status":"read"}]}}"#,
      event(1), #"{"upsert":{"messagestatuses":[{\#(key),"status":"read"}]}}"#, event(2),
      #"{"delete":{"messagestatuses":[{\#(key)}]}}"#,
      #"{"upsert":{"messagestatuses":[{\#(key),"status":"sent"}]}}"#,
      event(3),
    ]
    let recording = try await record(lines)
    #expect(differences(try await updates(recording.lines), try await updates(lines)) == [])
    #expect(recording.tally.records["messagestatuses"] == 4 && recording.tally.deletions == 1)
  }

  @Test func `the state is masked as the events are`() async throws {
    let recording = try await record(
      [
        #"{"upsert":{"messages":[{"tenantId":"t","messageId":"m","dialogId":"d","content":"secret"}],"dialogs":[{"tenantId":"t","dialogId":"d","content":"kept as it is"}],"dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"u"}]}}"#,
        #"{"_id":"000000000000000000000001","tenantId":"t","eventType":"message.update","data":{"context":{"messageId":"m"},"dialog":{"dialogId":"d"}}}"#,
      ], mask: ["content"])
    #expect(recording.lines.joined().contains(#""content":"xxxxxx""#))
    #expect(!recording.lines.joined().contains("secret"))
    let made = try await updates(recording.lines)
    #expect(made.count == 1 && made[0].text.contains("xxxxxx"))
  }

  @Test func `a dialog is found through the stored message of an event that does not name it`() async throws {
    let event =
      #"{"_id":"000000000000000000000001","tenantId":"t","eventType":"message.create","data":{"message":{"messageId":"m"},"dialog":{}}}"#
    let recording = try await record(
      [#"{"upsert":{"messages":[{"tenantId":"t","messageId":"m","dialogId":"d"}]}}"#, event],
      selection: EventSelection(tenantId: nil, dialogId: Identifier("d")))
    #expect(recording.lines.last == event)
  }
}
