import BSON
import Testing

@testable import Updates

@Suite struct RecipientsTests {
  private func members(_ ids: String...) -> [Member] {
    ids.map { Member(userId: id($0), record: .empty) }
  }

  /// Everybody who gets an update of a plain event, in the dialog that has these active members.
  private func recipients(_ type: EventType, _ members: [Member]) throws -> [String] {
    let made = try located(type, plainData(type))
    let named = made.recipients.named.map { [$0] } ?? []
    let onRoster = made.recipients.roster == nil ? [] : made.recipients.among(members)
    return (named + onRoster).map(\.userId.string)
  }

  @Test func `§3 dialog and message events go to the active members, the sender too`() throws {
    for type in EventType.allCases where type.rule.recipients == .activeMembers {
      #expect(try recipients(type, members("sam", "ann")) == ["sam", "ann"])
      #expect(try recipients(type, []) == [])
      #expect(try located(type, plainData(type)).recipients.roster == key("d"))
    }
  }

  @Test func `§3 an added or removed user gets an update, a member or not, and never two`() throws {
    for type in [EventType.memberAdd, .memberRemove] {
      #expect(try recipients(type, members("ann", "bob")) == ["sub", "ann", "bob"])
      #expect(try recipients(type, members("ann", "sub", "bob")) == ["sub", "ann", "bob"])
      #expect(try recipients(type, []) == ["sub"])
    }
  }

  @Test func `§3 dialog.member.update goes to the member only`() throws {
    #expect(try recipients(.memberUpdate, members("ann", "sub")) == ["sub"])
  }

  @Test func `§3 dialog.typing goes to everybody but the typist`() throws {
    #expect(try recipients(.typing, members("ann", "ty", "bob")) == ["ann", "bob"])
    #expect(try recipients(.typing, members("ty")) == [])
  }

  @Test func `§3 user events go to the user only`() throws {
    for type in [EventType.userAdd, .userUpdate, .userRemove] {
      #expect(try recipients(type, members("ann", "u")) == ["u"])
    }
  }

  @Test func `§1 é and e with a combining accent are two recipients`() throws {
    let made = try located(
      .memberAdd, #"{"dialog":{"dialogId":"d"},"member":{"userId":"é"}}"#)
    #expect(made.recipients.among(members("e\u{301}", "\u{e9}")).map(\.userId) == [id("e\u{301}")])
  }

  @Test func `the membership of a recipient is asked for only where the update shows it`() throws {
    for type in EventType.allCases {
      let made = try located(type, plainData(type))
      var needs = ProfileNeeds()
      made.recipients.addNeeds(of: made.recipients.among(members("Ann")), to: &needs)
      #expect(needs.users == [key("Ann"), key("ann")])
      let own = type.rule.sections.contains(.ownMember) ? Set([MetaKey(memberKey("Ann", of: "d"))]) : []
      #expect(needs.metas == own)
    }
  }
}
