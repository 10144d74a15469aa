// The reasons in words that follow a person's name.

extension RecipientReason {
  /// The name of the reason, as JSON has it.
  package var name: String {
    switch self {
    case .named: "named"
    case .activeMember: "activeMember"
    case .typist: "typist"
    case .formerMember: "formerMember"
    case .stranger: "stranger"
    case .othersOnly: "othersOnly"
    }
  }

  /// - Parameter rule: The row of the table that decided.
  package func words(_ rule: Rule) -> String {
    switch self {
    case .named:
      rule.recipients == .user
        ? "is the user whom the event is about" : "is the member whom the event is about"
    case .activeMember: "is an active member of the dialog"
    case .typist: "is the one who was typing"
    case .formerMember: "is not active (isActive is false)"
    case .stranger: "is no member of the dialog"
    case .othersOnly:
      rule.recipients == .user
        ? "only the user whom the event is about gets one" : "only the member whose state changed gets one"
    }
  }
}

extension StatisticsReason {
  /// The name of the reason, as JSON has it.
  package var name: String {
    switch self {
    case .joinedOrLeft: "joinedOrLeft"
    case .unreadCountChanged: "unreadCountChanged"
    case .madeUnread: "madeUnread"
    case .notMadeUnread: "notMadeUnread"
    case .sender: "sender"
    case .unreadCountUnchanged: "unreadCountUnchanged"
    case .othersOnly: "othersOnly"
    case .formerMember: "formerMember"
    case .stranger: "stranger"
    case .noneDerived: "noneDerived"
    }
  }

  package var words: String {
    switch self {
    case .joinedOrLeft: "was added to the dialog or removed from it"
    case .unreadCountChanged: "the event says that their unreadCount has changed"
    case .madeUnread(let unread, let newer):
      "the message made the dialog unread: unreadCount \(digits(unread)) − \(newer) newer = 1"
    case .notMadeUnread(let unread, let newer):
      "the message did not make the dialog unread: unreadCount \(digits(unread)) − \(newer) newer is not 1"
    case .sender: "sent the message"
    case .unreadCountUnchanged: "the event does not say that their unreadCount has changed"
    case .othersOnly: "only the statistics of the member whom the event is about may change"
    case .formerMember: "is not active (isActive is false)"
    case .stranger: "is no member of the dialog"
    case .noneDerived: "events of this type change no statistics"
    }
  }

  /// U and L of spec section 6, where they decided.
  package var counts: (unread: Double, newer: Int)? {
    switch self {
    case .madeUnread(let unread, let newer), .notMadeUnread(let unread, let newer): (unread, newer)
    default: nil
    }
  }
}

/// A whole number without fraction, as JSON has it.
private func digits(_ number: Double) -> String {
  Int64(exactly: number).map { "\($0)" } ?? "\(number)"
}

extension Rule.Recipients {
  /// The recipients as the table of spec section 3 names them.
  package var words: String {
    switch self {
    case .activeMembers: "active members"
    case .activeMembersAndSubject: "active members and data.member.userId"
    case .activeMembersExceptTyping: "active members except typing.userId"
    case .subject: "data.member.userId only"
    case .user: "data.user.userId only"
    }
  }
}

extension Rule.Statistics {
  /// For whom statistics are derived, as the table of spec section 6 names them.
  package var words: String {
    switch self {
    case .dialogCountOfSubject: "the member who was added or removed"
    case .unreadOfSubject: "the member, if their unreadCount has changed"
    case .unreadByMessage: "every active member but the sender for whom the message made the dialog unread"
    }
  }
}
