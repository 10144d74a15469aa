import BSON

/// Who gets derived statistics after an event (spec section 6).
package struct StatisticsUsers: Sendable {
  private let resolved: ResolvedEvent

  private var located: LocatedEvent { resolved.located }

  init(_ resolved: ResolvedEvent) {
    self.resolved = resolved
  }

  /// Those of the members for whom this message made the dialog unread: U − L = 1.
  package func among(_ members: [Member]) -> [Identifier] {
    guard located.event.type.rule.statistics == .unreadByMessage else { return [] }
    let (newer, senderId) = (newerMessages, located.message?.knownSenderId)
    return members.compactMap { member in
      reason(forActive: member, newer, senderId).getsUpdate ? member.userId : nil
    }
  }

  /// The messages that are newer than the event's.
  private var newerMessages: NewerMessages {
    located.message?.position.flatMap { resolved.state.newerMessages[$0] } ?? NewerMessages()
  }

  private func reason(
    forActive member: Member, _ newer: NewerMessages, _ senderId: Identifier?
  ) -> StatisticsReason {
    if member.userId == senderId { return .sender }
    let unread = member.record["unreadCount"]?.number ?? 0
    let count = newer.notSent(by: member.userId)
    return unread - Double(count) == 1
      ? .madeUnread(unread: unread, newer: count) : .notMadeUnread(unread: unread, newer: count)
  }

  /// Why somebody gets statistics, or does not.
  ///
  /// - Parameter member: Their membership of the dialog, active or not; `nil` when they have none.
  package func reason(for userId: Identifier, _ member: Member?) -> StatisticsReason {
    let event = located.event
    switch event.type.rule.statistics {
    case nil: return .noneDerived
    case .dialogCountOfSubject, .unreadOfSubject:
      guard userId == event.memberUserId else { return .othersOnly }
      guard userId == located.statisticsSubject else { return .unreadCountUnchanged }
      return event.type.rule.statistics == .unreadOfSubject ? .unreadCountChanged : .joinedOrLeft
    case .unreadByMessage:
      guard let member else { return .stranger }
      guard member.isActive else { return .formerMember }
      return reason(forActive: member, newerMessages, located.message?.knownSenderId)
    }
  }

  /// The subject of the statistics, then those among the members for whom they change.
  package func all(among members: [Member]) -> [Identifier] {
    (located.statisticsSubject.map { [$0] } ?? []) + among(members)
  }

  /// Adds what has to be looked up to make the statistics updates of these users.
  package func addNeeds(of users: [Identifier], to needs: inout ProfileNeeds) {
    let tenantId = located.event.tenantId
    for id in users {
      needs.addUser(tenantId, id)
      needs.metas.insert(MetaKey(tenantId: tenantId, entity: .user, entityId: id))
      needs.membershipCounts.insert(EntityKey(tenantId: tenantId, id: id))
    }
  }
}

extension LocatedEvent {
  /// The user who was added or removed, or the member whose `unreadCount` changed, if the event derives
  /// statistics for them.
  package var statisticsSubject: Identifier? {
    switch event.type.rule.statistics {
    case .dialogCountOfSubject: event.memberUserId
    case .unreadOfSubject: event.changesUnreadCount ? event.memberUserId : nil
    case .unreadByMessage, nil: nil
    }
  }

  /// Whether there is any state in which the event makes a statistics update for this user.
  package func mayChangeStatistics(of userId: Identifier) -> Bool {
    guard event.type.rule.statistics == .unreadByMessage else { return statisticsSubject == userId }
    // A sender whom only the stored message names may not have been known when the updates were made.
    return userId != event.senderId
  }
}

extension Event {
  /// Whether the event says that the member's `unreadCount` is another one than before.
  fileprivate var changesUnreadCount: Bool {
    if let fields = context?["updatedFields"]?.array,
      fields.contains(where: { $0.string == "member.state.unreadCount" })
    {
      return true
    }
    guard let delta = data.document("delta")?.document("unreadCount") else { return false }
    switch (delta.present("from"), delta.present("to")) {
    case (nil, nil): return false
    case (let from?, let to?): return !from.hasSameValue(as: to)
    default: return true
    }
  }
}
