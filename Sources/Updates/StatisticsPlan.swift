import BSON

/// The statistics that are derived from an event (spec section 6).
extension EventPlan {
  /// The users without regard to a roster: the added, the removed, the member whose unreadCount changed.
  public var statisticsOfSubject: Identifier? {
    switch event.type.rule.statistics {
    case .dialogCountOfSubject: event.memberUserId
    case .unreadOfSubject: changesUnreadCount ? event.memberUserId : nil
    case .unreadByMessage, nil: nil
    }
  }

  /// Those of the members for whom this message made the dialog unread: U − L = 1.
  public func statistics(among members: some Collection<Member>, state: StateSnapshot) -> [Identifier] {
    guard event.type.rule.statistics == .unreadByMessage else { return [] }
    let newer = located.position.flatMap { state.newerMessages[$0] } ?? NewerMessages()
    return members.compactMap { member in
      guard member.userId != located.senderId else { return nil }
      let unread = member.record["unreadCount"]?.number ?? 0
      return unread - Double(newer.notSent(by: member.userId)) == 1 ? member.userId : nil
    }
  }

  /// What has to be looked up to make the statistics of these users.
  public func request(forStatistics users: [Identifier], into request: inout StateRequest) {
    for id in users {
      request.addUser(event.tenantId, id)
      request.metas.insert(MetaKey(tenantId: event.tenantId, entity: .user, entityId: id))
      request.membershipCounts.insert(EntityKey(tenantId: event.tenantId, id: id))
    }
  }

  /// The statistics updates of these users, in their order; `createdAt` is still 0.
  public func statisticsUpdates(for users: [Identifier], state: StateSnapshot) -> [Update] {
    guard let field = event.type.rule.statistics?.updatedField else { return [] }
    return users.map { id in
      let userType = state.user(event.tenantId, id)?.userType ?? "user"
      let counts = state.membershipCounts[EntityKey(tenantId: event.tenantId, id: id)] ?? .none
      let meta = state.meta(MetaKey(tenantId: event.tenantId, entity: .user, entityId: id))
      return Update(
        content: UpdateContent(
          statisticsOf: id, userType: userType, meta: meta, counts: counts, updatedField: field, event: event),
        userId: id, userType: userType, member: nil)
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
