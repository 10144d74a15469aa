import BSON

/// Who gets ordinary updates (spec section 3).
extension LocatedEvent {
  /// The dialog whose active members are recipients; `nil` when the event's recipients are not a dialog's
  /// members.
  package var roster: EntityKey? {
    switch event.type.rule.recipients {
    case .activeMembers, .activeMembersAndSubject, .activeMembersExceptTyping: dialog
    case .subject, .user: nil
    }
  }

  /// The user who is a recipient whether or not they are on the roster.
  private var named: Identifier? {
    switch event.type.rule.recipients {
    case .activeMembersAndSubject, .subject: event.memberUserId
    case .user: userId
    case .activeMembers, .activeMembersExceptTyping: nil
    }
  }

  /// The recipient that the event itself names, whether or not they are on the roster.
  package var namedRecipient: Recipient? { named.map { Recipient(userId: $0, record: nil) } }

  /// The recipients among these members of the roster, without the named one, so that nobody is a recipient
  /// twice.
  package func recipients(among members: [Member]) -> [Recipient] {
    members.compactMap { member in
      if member.userId == named || member.userId == typistId { return nil }
      return Recipient(userId: member.userId, record: member.record)
    }
  }

  /// Adds to `request` what has to be looked up to make the updates of these recipients.
  package func request(for recipients: [Recipient], into request: inout StateRequest) {
    let hasOwnMember = event.type.rule.sections.contains(.ownMember)
    for recipient in recipients {
      request.addUser(event.tenantId, recipient.userId)
      if hasOwnMember, let dialog {
        request.metas.insert(MetaKey(MemberKey(dialog: dialog, userId: recipient.userId)))
      }
    }
  }
}

/// Who gets derived statistics (spec section 6).
extension LocatedEvent {
  /// The user who was added or removed, or the member whose `unreadCount` changed, if the event derives
  /// statistics for them.
  package var statisticsSubject: Identifier? {
    switch event.type.rule.statistics {
    case .dialogCountOfSubject: event.memberUserId
    case .unreadOfSubject: changesUnreadCount ? event.memberUserId : nil
    case .unreadByMessage, nil: nil
    }
  }

  /// Those of the members for whom this message made the dialog unread: U − L = 1 (spec section 6).
  package func statisticsUsers(among members: [Member], state: StateSnapshot) -> [Identifier] {
    guard event.type.rule.statistics == .unreadByMessage else { return [] }
    let newer = position.flatMap { state.newerMessages[$0] } ?? NewerMessages()
    return members.compactMap { member in
      guard member.userId != message?.knownSenderId else { return nil }
      let unread = member.record["unreadCount"]?.number ?? 0
      return unread - Double(newer.notSent(by: member.userId)) == 1 ? member.userId : nil
    }
  }

  /// Whether there is any state in which the event makes a statistics update for this user.
  package func mayChangeStatistics(of userId: Identifier) -> Bool {
    guard event.type.rule.statistics == .unreadByMessage else { return statisticsSubject == userId }
    // A sender whom only the stored message names may not have been known when the updates were made.
    return userId != event.senderId
  }

  /// Adds to `request` what has to be looked up to make the statistics updates of these users.
  package func request(forStatistics users: [Identifier], into request: inout StateRequest) {
    for id in users {
      request.addUser(event.tenantId, id)
      request.metas.insert(MetaKey(tenantId: event.tenantId, entity: .user, entityId: id))
      request.membershipCounts.insert(EntityKey(tenantId: event.tenantId, id: id))
    }
  }

  private var changesUnreadCount: Bool {
    if let fields = event.context?["updatedFields"]?.array,
      fields.contains(where: { $0.string == "member.state.unreadCount" })
    {
      return true
    }
    guard let delta = event.data.document("delta")?.document("unreadCount") else { return false }
    switch (delta.present("from"), delta.present("to")) {
    case (nil, nil): return false
    case (let from?, let to?): return !from.hasSameValue(as: to)
    default: return true
    }
  }
}
