import BSON
import Testing

@testable import Updates

@Suite struct EventPlanTests {
  /// The routing key's word for a recipient of whom `users` has this record.
  private func userType(_ type: EventType, _ data: String, record: String?) throws -> String {
    var found = Found()
    if let record { found.profiles.users[key("ann")] = try document(record) }
    let made = try plan(type, data, found: found)
    let members = [Member(userId: id("ANN"), record: .empty)]
    let recipients = made.resolved.recipients.named.map { [$0] } ?? made.resolved.recipients.among(members)
    let update = try #require(made.updates(for: recipients, profiles: found.profiles).first)
    return String(try #require(update.routingKey.split(separator: ".").dropFirst(2).first))
  }

  @Test(
    arguments: [
      (#"{"type":"bot"}"#, "bot"), (#"{"type":"*"}"#, "*"), (#"{"type":""}"#, "user"),
      (#"{"type":null}"#, "user"), (#"{"type":5}"#, "user"), ("{}", "user"), (nil, "user"),
    ] as [(String?, String)])
  func `§5 userType is the type of the recipient's record, or else user`(
    record: String?, expected: String
  ) throws {
    #expect(try userType(.dialogUpdate, plainData(.dialogUpdate), record: record) == expected)
  }

  @Test(
    arguments: [
      (nil, #""bot""#, "bot"), (nil, "\"\"", "user"), (nil, "5", "user"), (nil, "null", "user"),
      (#"{"type":"admin"}"#, #""bot""#, "admin"), ("{}", #""bot""#, "user"),
    ] as [(String?, String, String)])
  func `§5 without a record, user events bring the userType themselves`(
    record: String?, own: String, expected: String
  ) throws {
    let data = #"{"user":{"userId":"ANN","type":\#(own)}}"#
    #expect(try userType(.userUpdate, data, record: record) == expected)
  }

  @Test func `§4 entityId is the dialog, the message or the user`() throws {
    for type in EventType.allCases {
      let content = try plan(type, plainData(type)).content
      let (entityId, dialogId): (String, String?) =
        switch type.rule.updateType {
        case .dialog, .dialogMember, .typing: ("d", "d")
        case .message: ("m", "d")
        case .user, .userStats: ("u", nil)
        }
      #expect(content.entityId.string == entityId)
      #expect(content.dialogId?.string == dialogId)
    }
  }

  @Test func `§6 the statistics of a user are one UserStatsUpdate`() throws {
    var found = Found()
    found.profiles.users[key("ann")] = try document(#"{"type":"bot","name":"x"}"#)
    found.profiles.metas[metaKey(.user, "ann")] = try document(#"{"a":1}"#)
    found.profiles.membershipCounts[key("ann")] = MembershipCounts(dialogs: 3, unread: 1)
    let made = try plan(.memberAdd, plainData(.memberAdd), found: found)
    let updates = made.statisticsUpdates(for: [id("ann"), id("bob")], profiles: found.profiles)
    #expect(updates.map(\.userId) == [id("ann"), id("bob")])
    #expect(updates.map(\.content.entityId) == [id("ann"), id("bob")])
    #expect(
      updates.map(\.routingKey) == [
        "update.user.bot.ann.userstatsupdate", "update.user.user.bob.userstatsupdate",
      ])
    #expect(
      updates.map { text($0.content.leading) } == [
        #"""
        {"context":{"eventType":"user.stats.update","entityId":"ann","includedSections":["user"],\#
        "updatedFields":["user.stats.dialogCount"]},"user":{"userId":"ann","type":"bot","meta":{"a":1},\#
        "stats":{"dialogCount":3,"unreadDialogsCount":1}}}
        """#,
        #"""
        {"context":{"eventType":"user.stats.update","entityId":"bob","includedSections":["user"],\#
        "updatedFields":["user.stats.dialogCount"]},"user":{"userId":"bob","type":"user","meta":{},\#
        "stats":{"dialogCount":0,"unreadDialogsCount":0}}}
        """#,
      ])
    for update in updates {
      #expect(update.content.eventId.description == identity)
      #expect(update.content.eventType == "user.stats.update")
      #expect(update.member == nil)
    }
  }

  @Test func `§6 an event of a type without statistics makes none`() throws {
    for type in EventType.allCases where type.rule.statistics == nil {
      let made = try plan(type, plainData(type))
      #expect(made.statisticsUpdates(for: [id("ann")], profiles: Profiles()).isEmpty)
    }
  }
}
