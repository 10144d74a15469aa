import BSON

/// Who gets the ordinary updates of an event (spec section 3).
package final class Recipients: Sendable {
  /// The dialog whose active members are recipients; `nil` when the event's recipients are not a dialog's
  /// members.
  package let roster: EntityKey?
  private let tenantId: Identifier
  /// The user who is a recipient whether or not they are on the roster.
  private let namedId: Identifier?
  /// The one who is typing, who is no recipient.
  private let typistId: Identifier?
  /// The dialog, if each recipient is shown their own membership of it.
  private let shownDialog: EntityKey?

  init(of event: Event, dialog: EntityKey?, typist: NamedId?, user: NamedId?) {
    let rule = event.type.rule
    tenantId = event.tenantId
    typistId = typist?.id
    shownDialog = rule.sections.contains(.ownMember) ? dialog : nil
    switch rule.recipients {
    case .activeMembers, .activeMembersExceptTyping: (roster, namedId) = (dialog, nil)
    case .activeMembersAndSubject: (roster, namedId) = (dialog, event.memberUserId)
    case .subject: (roster, namedId) = (nil, event.memberUserId)
    case .user: (roster, namedId) = (nil, user?.id)
    }
  }

  /// The recipient that the event itself names, whether or not they are on the roster.
  package var named: Recipient? { namedId.map { Recipient(userId: $0, record: nil) } }

  /// The recipients among these members of the roster, without the named one, so that nobody is a recipient
  /// twice.
  package func among(_ members: [Member]) -> [Recipient] {
    members.compactMap { member in
      guard reason(forActive: member.userId) == .activeMember else { return nil }
      return Recipient(userId: member.userId, record: member.record)
    }
  }

  private func reason(forActive userId: Identifier) -> RecipientReason {
    if userId == namedId { return .named }
    return userId == typistId ? .typist : .activeMember
  }

  /// Why somebody is a recipient, or is not.
  ///
  /// - Parameter member: Their membership of the dialog, active or not; `nil` when they have none.
  package func reason(for userId: Identifier, _ member: Member?) -> RecipientReason {
    if userId == namedId { return .named }
    if userId == typistId { return .typist }
    if roster == nil { return .othersOnly }
    guard let member else { return .stranger }
    return member.isActive ? reason(forActive: userId) : .formerMember
  }

  /// The named recipient, then those among the members.
  package func all(among members: [Member]) -> [Recipient] {
    (named.map { [$0] } ?? []) + among(members)
  }

  /// Adds what has to be looked up to make the updates of these recipients.
  package func addNeeds(of recipients: [Recipient], to needs: inout ProfileNeeds) {
    for recipient in recipients {
      needs.addUser(tenantId, recipient.userId)
      if let shownDialog {
        needs.metas.insert(MetaKey(MemberKey(dialog: shownDialog, userId: recipient.userId)))
      }
    }
  }
}
