import BSON
import Testing

@testable import Updates

/// A place where an id stands: its path in the event, and what the event has read there.
private struct Place: Sendable, CustomTestStringConvertible {
  let path: String
  let read: @Sendable (Event) -> Identifier?

  init(_ path: String, _ read: @escaping @Sendable (Event) -> Identifier?) {
    self.path = path
    self.read = read
  }

  /// `data` with the value at the path.
  func data(_ value: String) -> String {
    path.split(separator: ".").dropFirst().reversed().reduce(value) { #"{"\#($1)":\#($0)}"# }
  }

  var testDescription: String { path }
}

private let places: [Place] = [
  Place("data.context.dialogId") { $0.contextDialogId },
  Place("data.context.messageId") { $0.contextMessageId },
  Place("data.dialog.dialogId") { $0.dialogId },
  Place("data.member.userId") { $0.memberUserId },
  Place("data.message.messageId") { $0.messageId },
  Place("data.message.dialogId") { $0.messageDialogId },
  Place("data.message.senderId") { $0.senderId },
  Place("data.typing.userId") { $0.typingUserId },
  Place("data.user.userId") { $0.userId },
  Place("data.userId") { $0.legacyUserId },
]

private let noIds = [
  "5", "1.5", "true", "{}", #"{"$ne":null}"#, "[]", #"["a"]"#, "\"\"", #""a\u0000b""#,
  #""\#(String(repeating: "x", count: 256))""#, #""\#(String(repeating: "é", count: 128))""#,
]

@Suite struct EventTests {
  @Test(arguments: places)
  private func `§1 each id is checked wherever it stands, in events of every type`(place: Place) throws {
    for type in EventType.allCases {
      for value in noIds {
        #expect(try blamed { try event(type, place.data(value)) } == place.path, "\(type) \(value)")
      }
    }
  }

  @Test(arguments: places)
  private func `§1 an id of up to 255 bytes is read as it is, and null is absent`(place: Place) throws {
    let longest = String(repeating: "é", count: 127) + "x"
    #expect(try place.read(event(.userUpdate, place.data(#""\#(longest)""#))) == id(longest))
    #expect(try place.read(event(.userUpdate, place.data(#"" $A.b#*""#))) == id(" $A.b#*"))
    #expect(try place.read(event(.userUpdate, place.data("null"))) == nil)
  }

  @Test(arguments: noIds)
  func `§1 the tenant has to be an id`(value: String) throws {
    #expect(try blamed { try event(.userAdd, "{}", #""tenantId":\#(value)"#) } == "tenantId")
  }

  @Test func `§1 entityId and actorId are checked only where a rule falls back on them`() throws {
    let made = try event(.typing, "{}", #""entityId":5,"actorId":{"$ne":1}"#)
    #expect(try blamed { try made.entityId() as Any } == "entityId")
    #expect(try blamed { try made.actorId() as Any } == "actorId")
    let silent = try event(.typing, "{}", #""entityId":null,"actorId":null"#)
    #expect(try silent.entityId() == nil)
    #expect(try silent.actorId() == nil)
  }

  @Test(arguments: ["null", "5", #""a""#, "[]", "true"])
  func `§1 a section that is null or no object is absent`(value: String) throws {
    let names = ["context", "dialog", "member", "message", "typing", "user"]
    let made = try event(
      .userUpdate, "{" + names.map { "\"\($0)\":\(value)" }.joined(separator: ",") + "}")
    let sections = [made.context, made.dialog, made.member, made.message, made.typing, made.user]
    #expect(sections.allSatisfy { $0 == nil })
  }

  @Test(arguments: ["null", "5", #""a""#, "[]"])
  func `§1 data that is no object is empty`(value: String) throws {
    #expect(try event(.userAdd, value).data.isEmpty)
    #expect(try event(#"{"_id":"\#(identity)","tenantId":"t","eventType":"user.add"}"#).data.isEmpty)
  }

  @Test func `§1 older producers put changes directly under data, and the message's own win`() throws {
    let old = try event(
      .statusUpdate, #"{"message":{"messageId":"m","statusUpdate":null},"statusUpdate":{"a":1}}"#)
    #expect(old.carried("statusUpdate")?.document.map(text) == #"{"a":1}"#)
    let both = try event(
      .statusUpdate, #"{"message":{"messageId":"m","statusUpdate":{"a":2}},"statusUpdate":{"a":1}}"#)
    #expect(both.carried("statusUpdate")?.document.map(text) == #"{"a":2}"#)
    #expect(both.carried("reactionUpdate") == nil)
  }

  @Test func `§3 an event of a type that makes no updates is not decoded, whatever its ids`() throws {
    let json = eventText("message.delete", #"{"message":{"messageId":5}}"#)
    #expect(try Event(EventHeader(json: Array(json.utf8))) == nil)
  }
}
