import BSON
import Maintenance
import Pipeline
import ScriptedEnds
import Synchronization
import TestKit
import TestTraits
import Testing
import Updates

/// Recordings of scripted events, without their state.
@Suite(.bounded) struct EventRecorderTests {
  /// What was written, as lines.
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
  }

  private func event(_ number: Int, dialog: String = "d", tenant: String = "t") -> String {
    let id = String(repeating: "0", count: 24 - "\(number)".count) + "\(number)"
    return
      #"{"_id":"\#(id)","tenantId":"\#(tenant)","eventType":"dialog.update","data":{"dialog":{"dialogId":"\#(dialog)"}}}"#
  }

  private func record(
    _ steps: [ScriptedTap.Step], refusals: [any Error] = [], tenant: String? = nil, dialog: String? = nil,
    limit: Int? = nil, waits: Bool = true, mask: [String] = []
  ) async throws -> (lines: [String], tally: RecordTally, notices: [String]) {
    let (lines, notices) = (Lines(), Lines())
    let recorder = EventRecorder(
      tap: ScriptedTap(steps, refusals: refusals, dropped: DroppedEvents(count: 3, isLowerBound: true)),
      selection: EventSelection(
        tenantId: tenant.map(Identifier.init), dialogId: dialog.map(Identifier.init)),
      mask: try RecordingMask(mask), limit: limit, waits: waits,
      pauses: RetryPause(shortest: 0.001, longest: 0.001),
      write: { lines.append($0) },
      notice: { notice in
        switch notice {
        case .ready: notices.append(Array("ready".utf8))
        case .waiting(let reason): notices.append(Array(reason.utf8))
        case .recovered(let gap): notices.append(Array((gap == nil ? "back" : "gap").utf8))
        case .progress: break
        }
      })
    try await recorder.run()
    return (lines.all, await recorder.tally, notices.all)
  }

  @Test func `events are written as they are, each on one line`() async throws {
    let odd =
      "{ \"_id\" : \"00000000000000000000000a\",\r\n\t\"tenantId\":\"t\", \"eventType\":\"x\", \"n\": [18446744073709551617, 1.50, -0.0, 1e5 ,\n5],\"s\":\"a \\n b\\u0041 \\\" \", \"n2\":1, \"n2\":{ } }"
    let result = try await record([.events([event(1), odd, #"{"no": "event"}"#])])
    #expect(
      result.lines == [
        event(1),
        #"{"_id":"00000000000000000000000a","tenantId":"t","eventType":"x","n":[18446744073709551617,1.50,-0.0,1e5,5],"s":"a \n b\u0041 \" ","n2":1,"n2":{}}"#,
        #"{"no":"event"}"#,
      ])
    #expect(result.tally.events == ["dialog.update": 1, "x": 1, "without a type": 1])
    #expect(result.tally.dropped == DroppedEvents(count: 3, isLowerBound: true))
  }

  @Test func `what cannot be a line of a timeline is counted and left out`() async throws {
    let state = #"{"upsert":{"dialogs":[{"tenantId":"t","dialogId":"d"}]}}"#
    let long =
      #"{"_id":"00000000000000000000000a","text":""# + longText("a", times: 16 << 20) + "\"}"
    let result = try await record([.events(["no json", "", "# comment", "[1]", state, long, event(1)])])
    #expect(result.lines == [event(1)])
    #expect(result.tally.unrecordable == [.notJSON: 4, .stateLine: 1, .tooLong: 1])
  }

  @Test func `only events of the tenant and the dialog are recorded, however they name the dialog`()
    async throws
  {
    let events = [
      event(1), event(2, dialog: "e"), event(3, tenant: "other"),
      #"{"_id":"000000000000000000000004","tenantId":"t","eventType":"message.delete","data":{"context":{"dialogId":"d"}}}"#,
      #"{"_id":"000000000000000000000005","tenantId":"t","eventType":"dialog.delete","entityType":"dialog","entityId":"d","data":{}}"#,
      #"{"_id":"000000000000000000000006","tenantId":"t","eventType":"user.update","entityId":"d","data":{"user":{"userId":"u"}}}"#,
      #"{"_id":"000000000000000000000007","tenantId":"t","eventType":"message.create","data":{"message":{"messageId":"m","dialogId":"d"}}}"#,
      #"{"_id":"000000000000000000000008","tenantId":"t","eventType":"message.create","data":{"message":{"messageId":"m"}}}"#,
      #"{"_id":"000000000000000000000009","tenantId":"t","eventType":"dialog.update","entityType":"dialog","entityId":"d","data":{"context":{"dialogId":{"$ne":null}}}}"#,
    ]
    let result = try await record([.events(events)], tenant: "t", dialog: "d")
    #expect(result.lines == [events[0], events[3], events[4], events[6], events[8]])
    #expect(result.tally.passedOver == 4)
  }

  @Test func `it ends with the limit`() async throws {
    let result = try await record([.events((1...120).map { event($0) })], limit: 70)
    #expect(result.lines == (1...70).map { event($0) })
  }

  @Test func `after a lost connection it goes on, and the recording and the tally have the gap`() async throws
  {
    let result = try await record(
      [.events([event(1)]), .fault(ScriptedFault(message: "the connection is lost")), .events([event(2)])],
      refusals: [ScriptedFault(message: "the connection is lost")])
    try #require(result.lines.count == 3)
    #expect(result.lines[0] == event(1) && result.lines[2] == event(2))
    #expect(
      result.lines[1].wholeMatch(
        of: /# Events are missing here: for [0-9]+\.[0-9] s there was no connection to RabbitMQ\./) != nil,
      "\(result.lines[1])")
    #expect(result.tally.gaps.count == 1)
    #expect(result.notices.count == 3 && result.notices.last == "gap", "\(result.notices)")
  }

  @Test func `without waiting, a lost connection ends it`() async throws {
    await #expect(throws: ScriptedFault.self) {
      _ = try await record(
        [.events([event(1)]), .fault(ScriptedFault(message: "the connection is lost"))], waits: false)
    }
  }

  @Test func `masked text becomes as many x, the rest stays`() async throws {
    let body =
      #"{"_id":"00000000000000000000000a","tenantId":"t","eventType":"x","data":{"message":{"content":"Hé\u00e9\n👋🏽!","n":5,"parts":[{"text":"ab"},{"text":7,"other":"c"}],"m\u0065ta":{"a":"bc","d":["e"]}},"user":{"name":"ab"}}}"#
    let result = try await record(
      [.events([body])],
      mask: ["data.message.content", "data.message.parts.text", "data.message.meta", "data.user.name.first"])
    #expect(
      result.lines == [
        #"{"_id":"00000000000000000000000a","tenantId":"t","eventType":"x","data":{"message":{"content":"xxxxxx","n":5,"parts":[{"text":"xx"},{"text":7,"other":"c"}],"m\u0065ta":{"a":"xx","d":["x"]}},"user":{"name":"ab"}}}"#
      ])
  }

  @Test(arguments: [
    "data.message.messageId", "data.message", "data", "_id", "_id.$oid", "data.user.type", "senderId", "",
    ".",
    "data..x", "data.context.updatedFields.0", "status",
  ])
  func `a field that a replay needs cannot be masked`(field: String) {
    #expect(throws: RecordingMask.Refusal.self) { try RecordingMask(["data.message.content", field]) }
  }
}
