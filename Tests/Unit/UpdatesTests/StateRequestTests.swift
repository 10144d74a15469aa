import BSON
import Testing

@testable import Updates

/// What an event asks for before its recipients are known.
@Suite struct StateRequestTests {
  private func request(
    _ type: EventType, _ data: String, stored: String? = nil
  ) throws -> StateRequest {
    var request = StateRequest()
    try located(type, data, stored: stored).request(into: &request)
    return request
  }

  @Test func `a plain dialog, typing or user event asks for nothing`() throws {
    for type in [EventType.dialogCreate, .dialogUpdate, .dialogDelete, .typing, .userAdd, .userRemove] {
      #expect(try request(type, plainData(type)) == StateRequest())
    }
  }

  @Test func `§3.1 a dialog section without dialogId is rebuilt from dialogs and metas`() throws {
    var expected = StateRequest()
    expected.dialogs = [key("d")]
    expected.metas = [metaKey(.dialog, "d")]
    #expect(try request(.dialogUpdate, #"{"context":{"dialogId":"d"},"dialog":{"name":"x"}}"#) == expected)
  }

  @Test func `§3.1 the member an event is about is completed from the record and its metas`() throws {
    var expected = StateRequest()
    expected.memberships = [memberKey("sub", of: "d")]
    expected.metas = [MetaKey(memberKey("sub", of: "d"))]
    for type in [EventType.memberAdd, .memberRemove, .memberUpdate] {
      #expect(try request(type, plainData(type)) == expected)
    }
  }

  @Test func `§3.1 of a message only that is asked for about which the event is silent`() throws {
    let message = #""messageId":"m","senderId":"Sam""#
    var expected = StateRequest()
    expected.metas = [metaKey(.message, "m"), metaKey(.user, "Sam")]
    expected.statuses = [key("m")]
    expected.users = [key("Sam"), key("sam")]
    #expect(
      try request(.messageUpdate, #"{"dialog":{"dialogId":"d"},"message":{\#(message),"meta":null}}"#)
        == expected)
    let full = #"{\#(message),"meta":{},"statuses":[],"senderInfo":{}}"#
    #expect(
      try request(.messageUpdate, #"{"dialog":{"dialogId":"d"},"message":\#(full)}"#) == StateRequest())
  }

  @Test func `§6 message.create asks for the messages that are newer`() throws {
    let made = try request(.messageCreate, plainData(.messageCreate), stored: #"{"createdAt":5}"#)
    #expect(
      made.newerMessages == [
        MessagePosition(dialog: key("d"), createdAt: .integer(5), messageId: id("m"))
      ])
  }

  @Test func `§3.1 the status matrix is counted without the records of the sender, given or stored`() throws {
    let given = try request(.statusUpdate, plainData(.statusUpdate))
    #expect(given.statusCounts == [StatusCountKey(message: key("m"), senderId: id("sam"))])
    let silent = #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"}}"#
    let stored = try request(.statusUpdate, silent, stored: #"{"senderId":"sue"}"#)
    #expect(stored.statusCounts == [StatusCountKey(message: key("m"), senderId: id("sue"))])
    let unknown = try request(.statusUpdate, silent)
    #expect(unknown.statusCounts == [StatusCountKey(message: key("m"), senderId: nil)])
  }

  @Test func `§3.1 a status matrix that the event carries is not counted, nor one for a reaction`() throws {
    for matrix in [
      #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m","statusMessageMatrix":[]}}"#,
      #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"},"statusMessageMatrix":[]}"#,
    ] {
      #expect(try request(.statusUpdate, matrix) == StateRequest())
    }
    #expect(try request(.reactionUpdate, plainData(.reactionUpdate)) == StateRequest())
  }

  @Test func `§2 a user is asked for, and found, as the id is or else trimmed and in lower case`() throws {
    var request = StateRequest()
    request.addUser(id("t"), id(" Eve "))
    #expect(request.users == [key(" Eve "), key("eve")])
    var state = StateSnapshot()
    state.users[key("eve")] = try document(#"{"name":"lower"}"#)
    #expect(state.user(id("t"), id(" Eve "))?["name"]?.string == "lower")
    #expect(state.user(id("other"), id("eve")) == nil)
    state.users[key(" Eve ")] = try document(#"{"name":"exact"}"#)
    #expect(state.user(id("t"), id(" Eve "))?["name"]?.string == "exact")
    #expect(state.user(id("t"), id("eve"))?["name"]?.string == "lower")
  }

  @Test func `§2 the metas of a membership are those of {dialogId}:{userId}`() {
    let made = MetaKey(memberKey("u", of: "d"))
    #expect(made.entityId == id("d:u"))
    #expect(made.member == memberKey("u", of: "d"))
    #expect(metaKey(.dialog, "d").entityId == id("d"))
    #expect(metaKey(.dialog, "d").member == nil)
  }
}
