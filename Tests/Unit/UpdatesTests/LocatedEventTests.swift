import BSON
import Testing

@testable import Updates

@Suite struct LocatedEventTests {
  @Test func `§3.1 the stored message names the dialog when nothing else does`() throws {
    let stored = #"{"dialogId":"d","senderId":"s"}"#
    let carried = try located(.messageUpdate, #"{"message":{"messageId":"m"}}"#, stored: stored)
    #expect(carried.dialog == key("d"))
    let loaded = try located(.messageUpdate, #"{"context":{"messageId":"m"}}"#, stored: stored)
    #expect(loaded.dialog == key("d"))
  }

  @Test func `§3.1 a message that is neither in the event nor stored is a bad event`() throws {
    let data = #"{"dialog":{"dialogId":"d"},"context":{"messageId":"m"}}"#
    for type in [EventType.messageCreate, .messageUpdate, .statusUpdate, .reactionUpdate] {
      #expect(try blamed { try located(type, data) } == "data.message")
    }
  }

  @Test func `§3.1 a dialog that nothing names is a bad event`() throws {
    #expect(try blamed { try located(.dialogUpdate, "{}") } == "data.dialog.dialogId")
    let carried = #"{"message":{"messageId":"m"}}"#
    #expect(try blamed { try located(.messageUpdate, carried) } == "data.dialog.dialogId")
    #expect(
      try blamed { try located(.messageUpdate, carried, stored: #"{"dialogId":null}"#) }
        == "data.dialog.dialogId")
  }

  @Test func `§3.1 a message of another dialog, given or loaded, is a bad event`() throws {
    let given = #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m","dialogId":"other"}}"#
    let named = #"{"dialog":{"dialogId":"d"},"context":{"messageId":"m"}}"#
    for type in [EventType.messageCreate, .messageUpdate, .statusUpdate, .reactionUpdate] {
      #expect(try blamed { try located(type, given) } == "data.message.dialogId")
      #expect(
        try blamed { try located(type, named, stored: #"{"dialogId":"other"}"#) } == "data.message.dialogId")
      #expect(try blamed { try located(type, named, stored: #"{"dialogId":"d"}"#) } == nil)
    }
  }

  @Test func `§1 a dialogId of the stored message that is no id is a bad event`() throws {
    let data = #"{"context":{"messageId":"m"}}"#
    let field = try blamed { try located(.messageUpdate, data, stored: #"{"dialogId":{"$ne":null}}"#) }
    #expect(field == "the stored message's dialogId")
  }

  @Test func `§6 a message stands where it is stored, or else after the time that the event names`() throws {
    func position(_ message: String, stored: String?) throws -> MessagePosition? {
      try located(
        .messageCreate, #"{"dialog":{"dialogId":"d"},"message":\#(message)}"#, stored: stored
      ).message?.position
    }
    func after(_ time: BSONNumber, _ messageId: String? = nil) -> MessagePosition {
      MessagePosition(dialog: key("d"), createdAt: time, messageId: messageId.map(id))
    }
    let message = #"{"messageId":"m","createdAt":7}"#
    #expect(
      try position(message, stored: #"{"createdAt":9007199254740993}"#) == after(.integer((1 << 53) + 1), "m")
    )
    #expect(try position(message, stored: nil) == after(.integer(7)))
    #expect(try position(message, stored: #"{"createdAt":null}"#) == after(.integer(7)))
    #expect(try position(#"{"messageId":"m"}"#, stored: nil) == after(.double(1000.5)))
    let timeless = try located(
      .messageCreate, #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"}}"#, #""createdAt":null"#)
    #expect(timeless.message?.position == nil)
  }

  @Test(arguments: [
    (#"{"typing":{"userId":"a"},"userId":"b"}"#, "a"),
    (#"{"typing":{"userId":null},"userId":"b"}"#, "c"),
    (#"{"typing":{},"userId":"b"}"#, "b"),
    (#"{"userId":"b"}"#, "b"),
    ("{}", "c"),
  ])
  func `§3.1 the typist is named by typing, the legacy userId or actorId`(
    data: String, userId: String
  ) throws {
    let whole = data.dropLast() + (data == "{}" ? "" : ",") + #""dialog":{"dialogId":"d"}}"#
    #expect(try located(.typing, String(whole), #""actorId":"c""#).typist?.id == id(userId))
  }

  @Test func `§3.1 a typing event that names no typist is a bad event`() throws {
    let data = #"{"dialog":{"dialogId":"d"},"typing":{"expiresInMs":5},"userId":"b"}"#
    #expect(try blamed { try located(.typing, data) } == "data.typing.userId")
    #expect(try blamed { try located(.typing, data, #""actorId":5"#) } == "actorId")
  }

  @Test func `§3.1 the user of a user event is in data.user, or else entityId`() throws {
    #expect(try located(.userAdd, #"{"user":{"userId":"u"}}"#, #""entityId":"e""#).user?.id == id("u"))
    #expect(try located(.userAdd, #"{"user":{}}"#, #""entityId":"e""#).user?.id == id("e"))
    #expect(try blamed { try located(.userAdd, #"{"user":{}}"#) } == "data.user.userId")
    #expect(try blamed { try located(.userAdd, "{}", #""entityId":"e""#) } == "data.user")
  }
}
