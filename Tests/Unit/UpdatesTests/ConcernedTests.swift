import BSON
import Testing

@testable import Updates

/// Why somebody gets which updates, and what the event has to do with them.
@Suite struct ConcernedTests {
  private func concerned(
    _ type: EventType, _ userId: String, _ record: String?, data: String? = nil, newer: Int = 0
  ) throws -> Concerned {
    var state = EventState()
    let event = try located(type, data ?? plainData(type), stored: #"{"senderId":"sam","createdAt":5}"#)
    if let position = event.message?.position {
      var counts = NewerMessages()
      counts.total = newer
      state.newerMessages[position] = counts
    }
    return event.resolved(with: state).concerned(
      Identifier(userId), record: try record.map { try document($0) })
  }

  @Test func `§3 members get what the dialog gets; former members and strangers do not`() throws {
    for type in EventType.allCases where type.rule.recipients == .activeMembers {
      #expect(try concerned(type, "ann", "{}").ordinary == .activeMember)
      #expect(try concerned(type, "ann", #"{"isActive":false}"#).ordinary == .formerMember)
      #expect(try concerned(type, "ann", nil).ordinary == .stranger)
    }
  }

  @Test func `§3 the one whom an event names gets its update, a member or not`() throws {
    for (type, userId) in [
      (EventType.memberAdd, "sub"), (.memberRemove, "sub"), (.memberUpdate, "sub"), (.userUpdate, "u"),
    ] {
      for record in ["{}", #"{"isActive":false}"#, nil] {
        #expect(try concerned(type, userId, record).ordinary == .named)
      }
    }
    #expect(try concerned(.memberUpdate, "ann", "{}").ordinary == .othersOnly)
    #expect(try concerned(.userUpdate, "ann", nil).ordinary == .othersOnly)
    #expect(try concerned(.memberAdd, "ann", "{}").ordinary == .activeMember)
  }

  @Test func `§3 who is typing gets no update, a member or not`() throws {
    #expect(try concerned(.typing, "ty", "{}").ordinary == .typist)
    #expect(try concerned(.typing, "ty", nil).ordinary == .typist)
    #expect(try concerned(.typing, "ann", "{}").ordinary == .activeMember)
  }

  @Test func `§6 a message makes statistics when U − L is 1, and says what U and L are`() throws {
    let made = try concerned(.messageCreate, "ann", #"{"unreadCount":3}"#, newer: 2)
    #expect(made.statistics == .madeUnread(unread: 3, newer: 2))
    let unmade = try concerned(.messageCreate, "ann", #"{"unreadCount":3}"#, newer: 1)
    #expect(unmade.statistics == .notMadeUnread(unread: 3, newer: 1))
    #expect(try concerned(.messageCreate, "sam", #"{"unreadCount":1}"#).statistics == .sender)
    #expect(
      try concerned(.messageCreate, "ann", #"{"unreadCount":1,"isActive":false}"#).statistics == .formerMember
    )
    #expect(try concerned(.messageCreate, "ann", nil).statistics == .stranger)
  }

  @Test func `§6 the statistics of a member follow what the event says of them`() throws {
    #expect(try concerned(.memberAdd, "sub", nil).statistics == .joinedOrLeft)
    #expect(try concerned(.memberRemove, "sub", nil).statistics == .joinedOrLeft)
    #expect(try concerned(.memberAdd, "ann", "{}").statistics == .othersOnly)
    #expect(try concerned(.memberUpdate, "sub", "{}").statistics == .unreadCountUnchanged)
    let changed =
      #"{"dialog":{"dialogId":"d"},"member":{"userId":"sub"},"delta":{"unreadCount":{"from":1,"to":0}}}"#
    #expect(try concerned(.memberUpdate, "sub", "{}", data: changed).statistics == .unreadCountChanged)
    #expect(try concerned(.memberUpdate, "ann", "{}", data: changed).statistics == .othersOnly)
    #expect(try concerned(.dialogUpdate, "ann", "{}").statistics == .noneDerived)
  }

  @Test func `what somebody has to do with the event is told in full`() throws {
    #expect(try concerned(.typing, "ty", "{}").roles == [.member, .typist])
    #expect(try concerned(.messageCreate, "sam", #"{"isActive":false}"#).roles == [.formerMember, .sender])
    #expect(try concerned(.memberAdd, "sub", nil).roles == [.subject])
    #expect(try concerned(.userUpdate, "u", nil).roles == [.user])
    #expect(try concerned(.dialogUpdate, "ann", nil).roles == [])
  }

  @Test func `an event names each person once`() throws {
    let both = #"{"dialog":{"dialogId":"d"},"typing":{"userId":"ty"},"message":{"senderId":"ty"}}"#
    #expect(try located(.typing, both).peopleNamed == [id("ty")])
    #expect(try located(.messageUpdate, plainData(.messageUpdate)).peopleNamed == [id("sam")])
    #expect(try located(.dialogUpdate, plainData(.dialogUpdate)).peopleNamed == [])
  }

  @Test func `§3.1 an event tells which field named its dialog and its message`() throws {
    let stored = #"{"dialogId":"d","senderId":"sue"}"#
    let loaded = try located(.messageUpdate, #"{"context":{"messageId":"m"}}"#, stored: stored).location
    #expect(loaded.dialog?.field == .storedMessage && loaded.message?.field == .contextMessage)
    #expect(!loaded.carriesMessage && loaded.senderId == id("sue"))
    let given = try located(.messageUpdate, plainData(.messageUpdate)).location
    #expect(given.dialog?.field == .dialog && given.message?.field == .message && given.carriesMessage)
    let typed = try located(.typing, #"{"context":{"dialogId":"d"},"userId":"b"}"#).location
    #expect(typed.dialog?.field == .contextDialog && typed.typist?.field == .legacyUser)
  }
}
