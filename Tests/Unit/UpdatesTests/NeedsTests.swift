import BSON
import Testing

@testable import Updates

/// What an event asks for, apart from its recipients.
@Suite struct NeedsTests {
  private func needs(
    _ type: EventType, _ data: String, stored: String? = nil
  ) throws -> (event: EventNeeds, profiles: ProfileNeeds) {
    let made = try located(type, data, stored: stored)
    var needs = EventNeeds()
    made.addNeeds(to: &needs)
    var profiles = ProfileNeeds()
    made.addNeeds(to: &profiles)
    return (needs, profiles)
  }

  @Test func `a plain dialog, typing or user event asks for nothing`() throws {
    for type in [EventType.dialogCreate, .dialogUpdate, .dialogDelete, .typing, .userAdd, .userRemove] {
      let made = try needs(type, plainData(type))
      #expect(made.event == EventNeeds())
      #expect(made.profiles == ProfileNeeds())
    }
  }

  @Test func `§3.1 a dialog section without dialogId is rebuilt from dialogs and metas`() throws {
    var expected = EventNeeds()
    expected.dialogs = [key("d")]
    var profiles = ProfileNeeds()
    profiles.metas = [metaKey(.dialog, "d")]
    let made = try needs(.dialogUpdate, #"{"context":{"dialogId":"d"},"dialog":{"name":"x"}}"#)
    #expect(made.event == expected)
    #expect(made.profiles == profiles)
  }

  @Test func `§3.1 the member an event is about is completed from the record and its metas`() throws {
    var expected = EventNeeds()
    expected.memberships = [memberKey("sub", of: "d")]
    var profiles = ProfileNeeds()
    profiles.metas = [MetaKey(memberKey("sub", of: "d"))]
    for type in [EventType.memberAdd, .memberRemove, .memberUpdate] {
      let made = try needs(type, plainData(type))
      #expect(made.event == expected)
      #expect(made.profiles == profiles)
    }
  }

  @Test func `§3.1 of a message only that is asked for about which the event is silent`() throws {
    let message = #""messageId":"m","senderId":"Sam""#
    var expected = EventNeeds()
    expected.statuses = [key("m")]
    var profiles = ProfileNeeds()
    profiles.metas = [metaKey(.message, "m"), metaKey(.user, "Sam")]
    profiles.users = [key("Sam"), key("sam")]
    let made = try needs(.messageUpdate, #"{"dialog":{"dialogId":"d"},"message":{\#(message),"meta":null}}"#)
    #expect(made.event == expected)
    #expect(made.profiles == profiles)
    let full = #"{\#(message),"meta":{},"statuses":[],"senderInfo":{}}"#
    let none = try needs(.messageUpdate, #"{"dialog":{"dialogId":"d"},"message":\#(full)}"#)
    #expect(none.event == EventNeeds())
    #expect(none.profiles == ProfileNeeds())
  }

  @Test func `§6 message.create asks for the messages that are newer`() throws {
    let made = try needs(.messageCreate, plainData(.messageCreate), stored: #"{"createdAt":5}"#)
    #expect(
      made.event.newerMessages == [
        MessagePosition(dialog: key("d"), createdAt: .integer(5), messageId: id("m"))
      ])
  }

  @Test func `§3.1 the status matrix is counted without the records of the sender, given or stored`() throws {
    let given = try needs(.statusUpdate, plainData(.statusUpdate))
    #expect(given.event.statusCounts == [StatusCountKey(message: key("m"), senderId: id("sam"))])
    let silent = #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"}}"#
    let stored = try needs(.statusUpdate, silent, stored: #"{"senderId":"sue"}"#)
    #expect(stored.event.statusCounts == [StatusCountKey(message: key("m"), senderId: id("sue"))])
    let unknown = try needs(.statusUpdate, silent)
    #expect(unknown.event.statusCounts == [StatusCountKey(message: key("m"), senderId: nil)])
  }

  @Test func `§3.1 a status matrix that the event carries is not counted, nor one for a reaction`() throws {
    for matrix in [
      #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m","statusMessageMatrix":[]}}"#,
      #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"},"statusMessageMatrix":[]}"#,
    ] {
      let made = try needs(.statusUpdate, matrix)
      #expect(made.event == EventNeeds())
      #expect(made.profiles == ProfileNeeds())
    }
    let made = try needs(.reactionUpdate, plainData(.reactionUpdate))
    #expect(made.event == EventNeeds())
    #expect(made.profiles == ProfileNeeds())
  }

  @Test func `§2 a user is asked for, and found, as the id is or else trimmed and in lower case`() throws {
    var needs = ProfileNeeds()
    needs.addUser(id("t"), id(" Eve "))
    #expect(needs.users == [key(" Eve "), key("eve")])
    var profiles = Profiles()
    profiles.users[key("eve")] = try document(#"{"name":"lower"}"#)
    #expect(profiles.user(id("t"), id(" Eve "))?["name"]?.string == "lower")
    #expect(profiles.user(id("other"), id("eve")) == nil)
    profiles.users[key(" Eve ")] = try document(#"{"name":"exact"}"#)
    #expect(profiles.user(id("t"), id(" Eve "))?["name"]?.string == "exact")
    #expect(profiles.user(id("t"), id("eve"))?["name"]?.string == "lower")
  }

  @Test func `§2 the metas of a membership are those of {dialogId}:{userId}`() {
    let made = MetaKey(memberKey("u", of: "d"))
    #expect(made.entityId == id("d:u"))
    #expect(made.member == memberKey("u", of: "d"))
    #expect(metaKey(.dialog, "d").entityId == id("d"))
    #expect(metaKey(.dialog, "d").member == nil)
  }
}
