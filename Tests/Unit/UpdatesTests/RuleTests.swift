import Testing
import Updates

/// A row of the table of section 3, with what section 6 derives.
private struct Row: Sendable, CustomTestStringConvertible {
  let type: String
  let updateType: String
  let category: String
  let recipients: Rule.Recipients
  let sections: [Rule.Section]
  let statistics: Rule.Statistics?

  init(
    _ type: String, _ updateType: String, _ category: String, _ recipients: Rule.Recipients,
    _ sections: [Rule.Section], _ statistics: Rule.Statistics? = nil
  ) {
    self.type = type
    self.updateType = updateType
    self.category = category
    self.recipients = recipients
    self.sections = sections
    self.statistics = statistics
  }

  var testDescription: String { type }
}

/// Written out from the spec, not from the rules.
private let rows: [Row] = [
  Row("dialog.create", "DialogUpdate", "dialog", .activeMembers, [.dialog, .ownMember]),
  Row("dialog.update", "DialogUpdate", "dialog", .activeMembers, [.dialog, .ownMember]),
  Row("dialog.delete", "DialogUpdate", "dialog", .activeMembers, [.dialog, .ownMember]),
  Row(
    "dialog.member.add", "DialogUpdate", "dialog", .activeMembersAndSubject, [.dialog, .subjectMember],
    .dialogCountOfSubject),
  Row(
    "dialog.member.remove", "DialogUpdate", "dialog", .activeMembersAndSubject, [.dialog, .subjectMember],
    .dialogCountOfSubject),
  Row(
    "dialog.member.update", "DialogMemberUpdate", "dialog", .subject, [.dialog, .subjectMember],
    .unreadOfSubject),
  Row(
    "message.create", "MessageUpdate", "dialog", .activeMembers, [.dialog, .ownMember, .message],
    .unreadByMessage),
  Row("message.update", "MessageUpdate", "dialog", .activeMembers, [.dialog, .ownMember, .message]),
  Row("message.status.update", "MessageUpdate", "dialog", .activeMembers, [.dialog, .message]),
  Row("message.reaction.update", "MessageUpdate", "dialog", .activeMembers, [.dialog, .message]),
  Row(
    "dialog.typing", "TypingUpdate", "dialog", .activeMembersExceptTyping, [.dialog, .ownMember, .typing]),
  Row("user.add", "UserUpdate", "user", .user, [.user]),
  Row("user.update", "UserUpdate", "user", .user, [.user]),
  Row("user.remove", "UserUpdate", "user", .user, [.user]),
]

@Suite struct RuleTests {
  @Test(arguments: rows)
  private func `§3 each event type makes its row of the table`(row: Row) throws {
    let type = try #require(EventType(rawValue: row.type))
    #expect(type.rule.updateType.rawValue == row.updateType)
    #expect(type.rule.updateType.category == row.category)
    #expect(type.rule.recipients == row.recipients)
    #expect(type.rule.sections == row.sections)
    #expect(type.rule.statistics == row.statistics)
    #expect(UpdateType(eventType: row.type) == type.rule.updateType)
  }

  @Test func `§3 the table has a row for every event type that makes updates`() {
    #expect(Set(rows.map(\.type)) == Set(EventType.allCases.map(\.rawValue)))
    #expect(rows.count == EventType.allCases.count)
  }

  @Test(arguments: [
    "message.delete", "message.reaction.add", "message.reaction.remove", "message.status.create",
    "tenant.create", "user.stats.update", "Dialog.create", "dialog.create ", "",
  ])
  func `§3 every other type makes no update`(type: String) {
    #expect(EventType(rawValue: type) == nil)
  }

  @Test func `§3 both kinds of member section are called member`() {
    let names: [(Rule.Section, String)] = [
      (.dialog, "dialog"), (.ownMember, "member"), (.subjectMember, "member"), (.message, "message"),
      (.typing, "typing"), (.user, "user"),
    ]
    for (section, name) in names { #expect(section.name == name) }
  }

  @Test func `§6 updatedFields names the counter that changed`() {
    #expect(Rule.Statistics.dialogCountOfSubject.updatedField == "user.stats.dialogCount")
    #expect(Rule.Statistics.unreadOfSubject.updatedField == "user.stats.unreadDialogsCount")
    #expect(Rule.Statistics.unreadByMessage.updatedField == "user.stats.unreadDialogsCount")
  }

  @Test func `§4 the event type of derived statistics leads back to their update type`() {
    #expect(UpdateType(eventType: "user.stats.update") == .userStats)
    #expect(UpdateType(eventType: "message.delete") == nil)
  }
}
