import BSON
import Testing

@testable import Updates

/// The sections that all recipients share, but for message and member.
@Suite struct SectionsTests {
  @Test(
    arguments: [
      (#"{"dialogId":"d","name":"x","big":9007199254740993,"meta":{"a":null}}"#, nil),
      (#"{"dialogId":"d","meta":5,"name":"x"}"#, #"{"dialogId":"d","name":"x","meta":{}}"#),
      (#"{"dialogId":"d","meta":null}"#, #"{"dialogId":"d","meta":{}}"#),
      (#"{"dialogId":"d"}"#, #"{"dialogId":"d","meta":{}}"#),
    ] as [(String, String?)])
  func `§3.1 the event's dialog is taken as it is, but meta is an object`(
    own: String, expected: String?
  ) throws {
    #expect(try plan(.dialogUpdate, #"{"dialog":\#(own)}"#).section("dialog") == expected ?? own)
  }

  @Test func `§3.1 a dialog without dialogId is rebuilt from the stored record and its metas`() throws {
    var found = Found()
    found.state.dialogs[key("d")] = try document(
      #"{"_id":1,"__v":0,"dialogId":"d","meta":"stale","name":"x","updatedAt":null}"#)
    found.profiles.metas[metaKey(.dialog, "d")] = try document(#"{"colour":"red"}"#)
    let data = #"{"context":{"dialogId":"d"},"dialog":{"name":"ignored"}}"#
    #expect(
      try plan(.dialogUpdate, data, found: found).section("dialog")
        == #"{"dialogId":"d","name":"x","updatedAt":null,"meta":{"colour":"red"}}"#)
  }

  @Test func `§3.1 a dialog that is not stored either is a bad event`() throws {
    #expect(try blamed { try plan(.dialogUpdate, #"{"context":{"dialogId":"d"}}"#) } == "data.dialog")
  }

  @Test(arguments: [
    (
      #""typing":{"userId":"a","expiresInMs":1,"timestamp":2,"userInfo":{"n":1},"x":[null]}"#,
      #"{"userId":"a","expiresInMs":1,"timestamp":2,"userInfo":{"n":1},"x":[null]}"#
    ),
    (
      #""typing":{"x":1,"userId":"a","expiresInMs":null}"#,
      #"{"userId":"a","expiresInMs":5000,"timestamp":1000.5,"userInfo":null,"x":1}"#
    ),
    (
      #""userId":"a","expiresInMs":7,"timestamp":8,"userInfo":{"n":1}"#,
      #"{"userId":"a","expiresInMs":7,"timestamp":8,"userInfo":null}"#
    ),
    (
      #""typing":{},"userId":"a""#,
      #"{"userId":"a","expiresInMs":5000,"timestamp":1000.5,"userInfo":null}"#
    ),
  ])
  func `§3.1 typing is data.typing when that has any key, else the flat legacy fields`(
    fields: String, expected: String
  ) throws {
    let made = try plan(.typing, #"{"dialog":{"dialogId":"d"},\#(fields)}"#)
    #expect(try made.section("typing") == expected)
  }

  @Test(arguments: [
    (#"{"userId":"u","name":"x","meta":{"a":1}}"#, #"{"userId":"u","name":"x","meta":{"a":1}}"#),
    (#"{"userId":"u","meta":[],"name":"x"}"#, #"{"userId":"u","name":"x","meta":{}}"#),
    (#"{"name":"x","userId":null}"#, #"{"userId":"e","name":"x","meta":{}}"#),
  ])
  func `§3.1 the user is data.user, named by entityId when it names nobody`(
    own: String, expected: String
  ) throws {
    let made = try plan(.userUpdate, #"{"user":\#(own)}"#, #""entityId":"e""#)
    #expect(try made.section("user") == expected)
  }

  @Test func `§3.1 context is completed where the event is silent`() throws {
    let silent = #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"}}"#
    #expect(
      try plan(.statusUpdate, silent).section("context") == #"""
        {"eventType":"message.status.update","entityId":"m","dialogId":"d","messageId":"m",\#
        "includedSections":["dialog","message"]}
        """#)
    let user = try plan(.userAdd, #"{"user":{"userId":"u"}}"#)
    #expect(
      try user.section("context")
        == #"{"eventType":"user.add","entityId":"u","includedSections":["user"]}"#)
  }

  @Test func `§3.1 what the event's context says stays, but for includedSections`() throws {
    let own = #"{"eventType":"own","x":null,"includedSections":["a"],"entityId":null,"updatedFields":["f"]}"#
    let made = try plan(.dialogUpdate, #"{"dialog":{"dialogId":"d"},"context":\#(own)}"#)
    #expect(
      try made.section("context") == #"""
        {"eventType":"own","x":null,"updatedFields":["f"],"entityId":"d","dialogId":"d",\#
        "includedSections":["dialog","member"]}
        """#)
  }

  @Test func `§3.1 includedSections names what the update holds, in the order of the spec`() throws {
    func included(_ type: EventType, _ data: String) throws -> [String] {
      let context = try document(plan(type, data).section("context"))
      return try #require(context["includedSections"]?.array).compactMap(\.string)
    }
    for type in EventType.allCases {
      #expect(try included(type, plainData(type)) == type.rule.sections.map(\.name), "\(type)")
    }
    let both = #"{"messageId":"m","statusUpdate":{"a":1},"reactionUpdate":{"b":1}}"#
    for type in [EventType.messageCreate, .statusUpdate, .reactionUpdate] {
      let data = #"{"dialog":{"dialogId":"d"},"message":\#(both)}"#
      #expect(
        try included(type, data)
          == type.rule.sections.map(\.name) + ["statusUpdate", "reactionUpdate"])
    }
    let legacy = #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"},"userId":"u"}"#
    #expect(try included(.reactionUpdate, legacy) == ["dialog", "message", "reactionUpdate"])
  }

  @Test func `§3.1 actor and delta do not reach the update, and nothing else of data does`() throws {
    for type in EventType.allCases {
      let data = plainData(type).dropLast() + #","actor":{"a":1},"delta":{"b":1},"x":1}"#
      let content = try plan(type, String(data)).content
      let names = content.leading.map(\.key) + content.trailing.map(\.key)
      let sections = type.rule.sections.filter { $0 != .ownMember }.map(\.name)
      #expect(names == ["context"] + sections, "\(type)")
    }
  }
}
