import BSON

/// Who gets the ordinary updates of an event (spec section 3).
package struct Recipients: Sendable {
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

  fileprivate init(_ located: LocatedEvent) {
    let (event, rule) = (located.event, located.event.type.rule)
    tenantId = event.tenantId
    typistId = located.typist?.id
    shownDialog = rule.sections.contains(.ownMember) ? located.dialog : nil
    switch rule.recipients {
    case .activeMembers, .activeMembersExceptTyping: (roster, namedId) = (located.dialog, nil)
    case .activeMembersAndSubject: (roster, namedId) = (located.dialog, event.memberUserId)
    case .subject: (roster, namedId) = (nil, event.memberUserId)
    case .user: (roster, namedId) = (nil, located.user?.id)
    }
  }

  /// The recipient that the event itself names, whether or not they are on the roster.
  package var named: Recipient? { namedId.map { Recipient(userId: $0, record: nil) } }

  /// The recipients among these members of the roster, without the named one, so that nobody is a recipient
  /// twice.
  package func among(_ members: [Member]) -> [Recipient] {
    members.compactMap { member in
      if member.userId == namedId || member.userId == typistId { return nil }
      return Recipient(userId: member.userId, record: member.record)
    }
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

extension LocatedEvent {
  /// Who gets ordinary updates.
  package var recipients: Recipients { Recipients(self) }
}
