import BSON
import Testing

@testable import Updates

/// Who gets derived statistics (section 6).
@Suite struct StatisticsTests {
  private struct Message {
    let messageId: String
    let senderId: String?
    let createdAt: Int64
  }

  @Test func `§6 statistics follow for the added and the removed user`() throws {
    for type in [EventType.memberAdd, .memberRemove] {
      #expect(try located(type, plainData(type)).statisticsSubject == id("sub"))
    }
    for type in EventType.allCases where type.rule.statistics == nil {
      #expect(try located(type, plainData(type)).statisticsSubject == nil)
    }
  }

  @Test(arguments: [
    (#""context":{"updatedFields":["member.state.unreadCount"]}"#, true),
    (#""context":{"updatedFields":["a",5,"member.state.unreadCount"]}"#, true),
    (#""context":{"updatedFields":["member.state.lastSeenAt","member.state"]}"#, false),
    (#""context":{"updatedFields":"member.state.unreadCount"}"#, false),
    (#""delta":{"unreadCount":{"from":1,"to":0}}"#, true),
    (#""delta":{"unreadCount":{"from":1,"to":1.0}}"#, false),
    (#""delta":{"unreadCount":{"from":null,"to":1}}"#, true),
    (#""delta":{"unreadCount":{"from":1}}"#, true),
    (#""delta":{"unreadCount":{"from":null}}"#, false),
    (#""delta":{"unreadCount":{}}"#, false),
    (#""delta":{"unreadCount":5}"#, false),
    (
      #""delta":{"unreadCount":{"from":1,"to":1}},"context":{"updatedFields":["member.state.unreadCount"]}"#,
      true
    ),
    (#""context":{}"#, false),
  ])
  func `§6 statistics follow dialog.member.update when the unread counter changed`(
    fields: String, follow: Bool
  ) throws {
    let made = try located(
      .memberUpdate, #"{"dialog":{"dialogId":"d"},"member":{"userId":"sub"},\#(fields)}"#)
    #expect(made.statisticsSubject == (follow ? id("sub") : nil))
    #expect(made.mayChangeStatistics(of: id("sub")) == follow)
    #expect(!made.mayChangeStatistics(of: id("ann")))
  }

  @Test func `§6 a message makes statistics exactly for those whose oldest unread message it is`() throws {
    var random = SeededGenerator(seed: 6)
    let users = ["ann", "bob", "cat"]
    var made = 0
    for round in 0..<600 {
      let messages = (0..<Int.random(in: 1...6, using: &random)).map { index in
        Message(
          messageId: "m\(index)",
          senderId: round % 5 == 0 && random.bool() ? nil : users.randomElement(using: &random),
          createdAt: Int64.random(in: 1...3, using: &random))
      }.sorted { ($0.createdAt, $0.messageId) < ($1.createdAt, $1.messageId) }
      let place = Int.random(in: 0..<messages.count, using: &random)
      let message = messages[place]
      // A member has read up to some message; what they sent themselves is never unread.
      let unread = users.map { user in
        messages[Int.random(in: 0...messages.count, using: &random)...].filter { $0.senderId != user }
      }
      let expected = zip(users, unread).filter { user, own in
        message.senderId != user && own.first?.messageId == message.messageId
      }.map(\.0)
      let members = try zip(users, unread).map { user, own in
        Member(userId: id(user), record: try document(#"{"unreadCount":\#(own.count)}"#))
      }
      #expect(try statisticsUsers(of: message, newer: messages[(place + 1)...], members: members) == expected)
      made += expected.count
    }
    #expect(made > 100)
  }

  /// Asks for the newer messages as the pipeline does, and answers with these.
  private func statisticsUsers(
    of message: Message, newer: ArraySlice<Message>, members: [Member]
  ) throws -> [String] {
    let sender = message.senderId.map { #""\#($0)""# } ?? "null"
    let event = try located(
      .messageCreate,
      #"{"dialog":{"dialogId":"d"},"message":{"messageId":"\#(message.messageId)","senderId":\#(sender)}}"#,
      stored: #"{"dialogId":"d","senderId":\#(sender),"createdAt":\#(message.createdAt)}"#)
    var needs = EventNeeds()
    event.addNeeds(to: &needs)
    let position = MessagePosition(
      dialog: key("d"), createdAt: .integer(message.createdAt), messageId: id(message.messageId))
    #expect(needs.newerMessages == [position])
    var counts = NewerMessages()
    counts.total = newer.count
    for senderId in newer.compactMap(\.senderId) { counts.bySender[id(senderId), default: 0] += 1 }
    var state = EventState()
    state.newerMessages[position] = counts
    return event.resolved(with: state).statistics.among(members).map(\.string)
  }

  @Test(arguments: [
    ("1", true), ("1.0", true), ("1.5", false), ("0", false), ("2", false), ("-1", false), ("null", false),
    (#""1""#, false), ("true", false),
  ])
  func `§6 without newer messages the unread counter has to be 1`(count: String, follow: Bool) throws {
    let member = Member(userId: id("ann"), record: try document(#"{"unreadCount":\#(count)}"#))
    let event = try resolved(.messageCreate, plainData(.messageCreate))
    #expect(event.statistics.among([member]) == (follow ? [id("ann")] : []))
  }

  @Test func `§6 the sender gets no statistics, whether the event or the stored message names them`() throws {
    let members = try ["sam", "sue"].map {
      Member(userId: id($0), record: try document(#"{"unreadCount":1}"#))
    }
    let given = try resolved(.messageCreate, plainData(.messageCreate), stored: #"{"senderId":"sue"}"#)
    #expect(given.statistics.among(members) == [id("sue")])
    let silent = #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m"}}"#
    let stored = try resolved(.messageCreate, silent, stored: #"{"senderId":"sue"}"#)
    #expect(stored.statistics.among(members) == [id("sam")])
  }

  @Test func `§6 of message events only message.create makes statistics`() throws {
    let member = Member(userId: id("ann"), record: try document(#"{"unreadCount":1}"#))
    for type in EventType.allCases where type != .messageCreate {
      let made = try resolved(type, plainData(type))
      #expect(made.statistics.among([member]) == [])
    }
  }

  @Test func `for statistics the user, the user's metas and memberships are asked for`() throws {
    var needs = ProfileNeeds()
    try resolved(.memberAdd, plainData(.memberAdd)).statistics.addNeeds(of: [id("Eve")], to: &needs)
    var expected = ProfileNeeds()
    expected.users = [key("Eve"), key("eve")]
    expected.metas = [metaKey(.user, "Eve")]
    expected.membershipCounts = [key("Eve")]
    #expect(needs == expected)
  }
}
