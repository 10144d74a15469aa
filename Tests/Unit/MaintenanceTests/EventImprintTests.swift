import Maintenance
import BSON
import EmbeddedStore
import Pipeline
import ReplayHarness
import SpecModel
import Synchronization
import TestKit
import Testing
import Updates

/// Every update of an event has the content that `verify` derives from the event alone, whatever the state
/// was.
@Suite struct EventImprintTests {
  @Test(arguments: RandomSeeds.from(101, count: 30))
  func `an imprint fits every update of its event, made with any state`(seed: Int) async throws {
    var generator = TimelineGenerator(seed: UInt64(seed))
    let lines = generator.timeline(events: 150)
    let store = try EmbeddedStore.inMemory()
    _ = try await replay(lines, into: store)
    let stored = Mutex<[EventKey: [StoredUpdate]]>([:])
    var query = UpdateQuery()
    query.limit = 0
    try await store.updates(matching: query) { update in
      let key = EventKey(tenantId: update.tenantId, eventId: update.eventId)
      stored.withLock { $0[key, default: []].append(update) }
      return true
    }
    var checked = 0
    for (key, event) in events(lines) {
      var message: BSONDocument?
      if let need = event.messageNeed { message = try await store.messages([need.key: .content])[need.key] }
      guard let imprint = imprint(event, message) else { continue }
      for update in stored.withLock({ $0[key] ?? [] }) {
        // Messages move between dialogs in these timelines, which changes what an event is about that names
        // only a message.
        if let dialog = update.dialogId, dialog != imprint.located.dialog?.id.string { continue }
        #expect(
          imprint.verdict(on: update) == .fits,
          "\(String(decoding: JSONWriter.text(update.document), as: UTF8.self))")
        checked += 1
      }
    }
    #expect(checked > 20)
  }

  @Test func `content from the event must match; content from the state may be anything`() throws {
    let imprint = try #require(imprint(try decoded(Self.event), nil))
    func verdict(_ change: (inout [String: String]) -> Void) throws -> EventImprint.Verdict {
      var parts = Self.parts
      change(&parts)
      return imprint.verdict(on: try update(parts))
    }
    #expect(try verdict { _ in } == .fits)
    #expect(
      try verdict {
        $0["member"] =
          #"{"userId":"u","meta":{"new":1},"state":{"unreadCount":9,"lastSeenAt":1,"lastMessageAt":null,"isActive":false}}"#
      } == .fits)
    #expect(try verdict { $0["routingKey"] = "update.dialog.bot.u.messageupdate" } == .fits)
    #expect(try verdict { $0["routingKey"] = "update.dialog.user.v.messageupdate" } == .differs("routingKey"))
    #expect(
      try verdict { $0["dialog"] = #"{"dialogId":"d","name":"other","meta":{}}"# }
        == .differs("data.dialog.name"))
    #expect(
      try verdict { $0["dialog"] = #"{"dialogId":"d","name":"n","meta":{"more":1}}"# }
        == .differs("data.dialog.meta.more"))
    #expect(
      try verdict { $0["member"] = #"{"userId":"v","meta":{},"state":{}}"# } == .differs("data.member.userId")
    )
    #expect(
      try verdict {
        $0["message"] = #"{"messageId":"m","dialogId":"d","senderId":"v","meta":{},"statuses":[]}"#
      } == .differs("data.message.content"))
    #expect(try verdict { $0["entityId"] = "n" } == .differs("entityId"))
    #expect(try verdict { $0["eventType"] = "dialog.typing" } == .unexpected)
  }

  private static let event = #"""
    {"_id":"64b000000000000000000001","tenantId":"t","eventType":"message.create","createdAt":1000.5,
     "data":{"dialog":{"dialogId":"d","name":"n","meta":{}},"message":{"messageId":"m","senderId":"v","content":"hello"}}}
    """#
  private static let parts = [
    "entityId": "m", "eventType": "message.create", "routingKey": "update.dialog.user.u.messageupdate",
    "dialog": #"{"dialogId":"d","name":"n","meta":{}}"#,
    "member":
      #"{"userId":"u","meta":{},"state":{"unreadCount":null,"lastSeenAt":null,"lastMessageAt":null,"isActive":true}}"#,
    "message":
      #"{"messageId":"m","dialogId":"d","senderId":"v","content":"hello","meta":{"a":1},"statuses":[],"senderInfo":null}"#,
  ]

  private func update(_ parts: [String: String]) throws -> StoredUpdate {
    let text = #"""
      {"data":{"context":{"eventType":"message.create","entityId":"m","dialogId":"d","messageId":"m",
       "includedSections":["dialog","member","message"]},"dialog":\#(parts["dialog"] ?? ""),
       "member":\#(parts["member"] ?? ""),"message":\#(parts["message"] ?? "")},"tenantId":"t","userId":"u",
       "entityId":"\#(parts["entityId"] ?? "")","eventType":"\#(parts["eventType"] ?? "")",
       "routingKey":"\#(parts["routingKey"] ?? "")","createdAt":5.5}
      """#
    var output = BSONWriter()
    let id = try #require(ObjectId("64b000000000000000000001"))
    output.append("_id", id)
    output.append("eventId", id)
    output.append(elementsOf: try JSONReader.object(Array(text.utf8)))
    return try #require(StoredUpdate(output.finish()))
  }

  private func decoded(_ event: String) throws -> Event {
    try #require(try Event(try EventHeader(json: Array(event.utf8))))
  }

  private func imprint(_ event: Event, _ message: BSONDocument?) -> EventImprint? {
    do throws(BadEvent) {
      return try EventImprint(event, stored: message)
    } catch {
      return nil
    }
  }

  /// The events that occur with only one content: of several contents, the first was stored.
  private func events(_ lines: [String]) -> [(EventKey, Event)] {
    var contents: [EventKey: Set<BSONDocument>] = [:]
    var events: [EventKey: Event] = [:]
    for line in lines {
      do {
        let document = try JSONReader.object(Array(line.utf8))
        if StateChange.isStateLine(document) { continue }
        let header = try EventHeader(document)
        guard let key = header.key else { continue }
        contents[key, default: []].insert(document)
        guard let event = try Event(header) else { continue }
        events[key] = event
      } catch {
        // A bad line makes no updates.
      }
    }
    return events.filter { contents[$0.key]?.count == 1 }.map { ($0.key, $0.value) }
  }
}
