import BSON
import Testing

@testable import Updates

/// How much of which stored message has to be looked up.
private struct LookUp: Equatable {
  let messageId: String
  let detail: MessageDetail

  init?(_ event: Event) {
    guard let need = event.messageNeed, need.key.tenantId == id("t") else { return nil }
    messageId = need.key.id.string
    detail = need.detail
  }

  init(_ messageId: String, _ detail: MessageDetail) {
    self.messageId = messageId
    self.detail = detail
  }
}

/// What an event names, and which stored message it needs.
@Suite struct MessageNeedTests {
  private let messageTypes: [EventType] = [.messageCreate, .messageUpdate, .statusUpdate, .reactionUpdate]

  @Test func `§3.1 a message that the event does not carry is needed whole`() throws {
    for type in messageTypes {
      for data in [
        #"{"context":{"messageId":"m"}}"#, #"{"context":{"messageId":"m"},"message":{"type":"x"}}"#,
      ] {
        #expect(try LookUp(event(type, data)) == LookUp("m", .content), "\(type)")
      }
    }
  }

  @Test func `§6 of a message that the event carries, message.create needs the position`() throws {
    for type in messageTypes {
      let expected = type == .messageCreate ? LookUp("m", .position) : nil
      let data =
        #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m","senderId":"s"},"statusMessageMatrix":[]}"#
      #expect(try LookUp(event(type, data)) == expected, "\(type)")
    }
  }

  @Test func `§3.1 the stored message is asked for the dialog when nothing else names it`() throws {
    for type in messageTypes {
      let data = #"{"message":{"messageId":"m","senderId":"s","statusMessageMatrix":[]}}"#
      #expect(try LookUp(event(type, data)) == LookUp("m", .position), "\(type)")
    }
  }

  @Test func `§3.1 the stored message is asked for the sender when the matrix has to leave it out`() throws {
    let unsent = #"{"message":{"messageId":"m","dialogId":"d"}}"#
    #expect(try LookUp(event(.statusUpdate, unsent)) == LookUp("m", .position))
    #expect(try LookUp(event(.reactionUpdate, unsent)) == nil)
    let counted = #"{"message":{"messageId":"m","dialogId":"d"},"statusMessageMatrix":[]}"#
    #expect(try LookUp(event(.statusUpdate, counted)) == nil)
    let sent = #"{"message":{"messageId":"m","dialogId":"d","senderId":"s"}}"#
    #expect(try LookUp(event(.statusUpdate, sent)) == nil)
  }

  @Test func `dialog, member, typing and user events need no message`() throws {
    for type in EventType.allCases where !messageTypes.contains(type) {
      let data = plainData(type).dropLast() + #","message":{"messageId":"m"},"context":{"messageId":"n"}}"#
      let made = try event(type, String(data))
      #expect(LookUp(made) == nil)
      #expect(made.namedMessage == nil)
    }
  }

  @Test(arguments: [
    (#"{"dialog":{"dialogId":"a"},"context":{"dialogId":"b"},"message":{"dialogId":"c"}}"#, "a"),
    (#"{"dialog":{"dialogId":null},"context":{"dialogId":"b"},"message":{"dialogId":"c"}}"#, "b"),
    (#"{"dialog":{},"context":{},"message":{"dialogId":"c"}}"#, "c"),
    ("{}", "e"),
  ])
  func `§3.1 the dialog is the first of dialog, context, message and entityId`(
    data: String, dialogId: String
  ) throws {
    for entityType in ["dialog", "dialogMember"] {
      let made = try event(.dialogUpdate, data, #""entityType":"\#(entityType)","entityId":"e""#)
      #expect(made.namedDialog?.id == id(dialogId))
    }
  }

  @Test func `§3.1 entityId names the dialog only when the entity is one, or a member of one`() throws {
    for entityType in ["message", "user", "Dialog", ""] {
      let made = try event(.dialogUpdate, "{}", #""entityType":"\#(entityType)","entityId":"e""#)
      #expect(made.namedDialog == nil)
    }
    #expect(
      try blamed { try event(.dialogUpdate, "{}", #""entityType":"dialog","entityId":5"#) } == "entityId")
    #expect(
      try blamed {
        try event(.dialogUpdate, #"{"dialog":{"dialogId":"d"}}"#, #""entityType":"dialog","entityId":5"#)
      } == nil)
  }

  @Test(arguments: [
    (#"{"message":{"messageId":"a"},"context":{"messageId":"b"}}"#, "a", true),
    (#"{"message":{"messageId":null},"context":{"messageId":"b"}}"#, "b", false),
    (#"{"context":{"messageId":null}}"#, "e", false),
  ])
  func `§3.1 the message is the first of message, context and entityId`(
    data: String, messageId: String, isCarried: Bool
  ) throws {
    for entityType in ["message", "messageStatus", "messageReaction"] {
      let made = try event(.messageUpdate, data, #""entityType":"\#(entityType)","entityId":"e""#)
      #expect(made.namedMessage?.id == id(messageId))
      #expect(made.carriesMessage == isCarried)
    }
  }

  @Test func `§3.1 a message event that names no message is a bad event`() throws {
    for fields in ["", #""entityType":"message""#, #""entityType":"dialog","entityId":"e""#] {
      for type in messageTypes {
        #expect(
          try blamed { try event(type, #"{"dialog":{"dialogId":"d"}}"#, fields) } == "data.message.messageId")
      }
    }
  }

  @Test func `§3 a member event without data.member.userId is a bad event`() throws {
    for type in [EventType.memberAdd, .memberRemove, .memberUpdate] {
      for member in ["null", "{}", #"{"userId":null}"#, #""sub""#] {
        let data = #"{"dialog":{"dialogId":"d"},"member":\#(member),"userId":"x"}"#
        #expect(try blamed { try event(type, data) } == "data.member.userId")
      }
    }
  }
}
