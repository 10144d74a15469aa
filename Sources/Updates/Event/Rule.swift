/// What events of one type make: a row of the table in spec section 3.
package final class Rule: Sendable {
  /// Who gets the ordinary updates.
  package enum Recipients: Sendable {
    /// The dialog's active members.
    case activeMembers
    /// The dialog's active members and `data.member.userId`.
    case activeMembersAndSubject
    /// The dialog's active members except `typing.userId`.
    case activeMembersExceptTyping
    /// `data.member.userId` only.
    case subject
    /// `data.user.userId` only.
    case user
  }

  /// The sections of `data` besides `context`.
  package enum Section: Sendable, Equatable {
    case dialog
    /// The recipient's own membership (spec section 3, note 1).
    case ownMember
    /// The member the event is about (note 2).
    case subjectMember
    case message
    case typing
    case user

    /// The section's name in `data` and in `includedSections`.
    package var name: String {
      switch self {
      case .dialog: "dialog"
      case .ownMember, .subjectMember: "member"
      case .message: "message"
      case .typing: "typing"
      case .user: "user"
      }
    }
  }

  /// Which statistics are derived (spec section 6).
  package enum Statistics: Sendable {
    /// `dialogCount` of the added or removed user.
    case dialogCountOfSubject
    /// `unreadDialogsCount` of the member whose `unreadCount` changed.
    case unreadOfSubject
    /// `unreadDialogsCount` of everybody for whom the message made the dialog unread.
    case unreadByMessage

    /// `context.updatedFields` of the derived update.
    package var updatedField: String {
      switch self {
      case .dialogCountOfSubject: "user.stats.dialogCount"
      case .unreadOfSubject, .unreadByMessage: "user.stats.unreadDialogsCount"
      }
    }
  }

  /// The type of the ordinary updates.
  package let updateType: UpdateType
  package let recipients: Recipients
  /// The sections of their `data` besides `context`, in order.
  package let sections: [Section]
  /// The statistics that are derived after them.
  package let statistics: Statistics?

  fileprivate init(
    _ updateType: UpdateType, to recipients: Recipients, _ sections: [Section],
    then statistics: Statistics? = nil
  ) {
    self.updateType = updateType
    self.recipients = recipients
    self.sections = sections
    self.statistics = statistics
  }
}

/// The table of spec section 3. What ``statistics`` says comes from section 6.
extension Rule {
  fileprivate static let dialog = Rule(.dialog, to: .activeMembers, [.dialog, .ownMember])
  fileprivate static let membership = Rule(
    .dialog, to: .activeMembersAndSubject, [.dialog, .subjectMember], then: .dialogCountOfSubject)
  fileprivate static let memberUpdate = Rule(
    .dialogMember, to: .subject, [.dialog, .subjectMember], then: .unreadOfSubject)
  fileprivate static let messageCreate = Rule(
    .message, to: .activeMembers, [.dialog, .ownMember, .message], then: .unreadByMessage)
  fileprivate static let messageUpdate = Rule(.message, to: .activeMembers, [.dialog, .ownMember, .message])
  fileprivate static let messageChange = Rule(.message, to: .activeMembers, [.dialog, .message])
  fileprivate static let typing = Rule(
    .typing, to: .activeMembersExceptTyping, [.dialog, .ownMember, .typing])
  fileprivate static let user = Rule(.user, to: .user, [.user])
}

extension EventType {
  package var rule: Rule {
    switch self {
    case .dialogCreate, .dialogUpdate, .dialogDelete: .dialog
    case .memberAdd, .memberRemove: .membership
    case .memberUpdate: .memberUpdate
    case .messageCreate: .messageCreate
    case .messageUpdate: .messageUpdate
    case .statusUpdate, .reactionUpdate: .messageChange
    case .typing: .typing
    case .userAdd, .userUpdate, .userRemove: .user
    }
  }
}
