import BSON

/// An event with everything that its recipients share made; ready to make each one's update.
public struct EventPlan: Sendable {
  /// Who gets an ordinary update.
  public enum Recipients: Sendable {
    /// The active members of a dialog, one more user, and not another.
    case roster(EntityKey, adding: Identifier?, excluding: Identifier?)
    /// One user.
    case one(Identifier)
  }

  /// The event.
  public let event: Event
  /// What the ordinary updates share.
  public let content: UpdateContent
  /// Who gets them.
  public let recipients: Recipients
  let located: LocatedEvent

  init(_ located: LocatedEvent, state: StateSnapshot) throws(BadEvent) {
    self.located = located
    event = located.event
    content = try UpdateContent(located, state: state)
    switch event.type.rule.recipients {
    case .activeMembers, .activeMembersAndSubject, .activeMembersExceptTyping:
      guard let dialog = located.dialog else { throw BadEvent("data.dialog", "is missing") }
      recipients = .roster(
        dialog, adding: event.type.rule.recipients == .activeMembersAndSubject ? event.memberUserId : nil,
        excluding: located.typistId)
    case .subject:
      guard let id = event.memberUserId else { throw BadEvent("data.member.userId", "is missing") }
      recipients = .one(id)
    case .user:
      guard let id = located.userId else { throw BadEvent("data.user.userId", "is missing") }
      recipients = .one(id)
    }
  }

  /// Whether a member of the dialog is a recipient on the strength of being one.
  private func includes(_ userId: Identifier) -> Bool {
    guard case .roster(_, let adding, let excluding) = recipients else { return false }
    return userId != adding && userId != excluding
  }

  /// The recipients among `members`, and with `isFirst` those that are none of them: over all chunks of a
  /// roster nobody is named twice.
  public func recipients(among members: some Collection<Member>, isFirst: Bool) -> [Recipient] {
    var result: [Recipient] = []
    result.reserveCapacity(members.count + 1)
    if isFirst {
      switch recipients {
      case .one(let id): result.append(Recipient(userId: id, record: nil))
      case .roster(_, let adding, _):
        if let adding { result.append(Recipient(userId: adding, record: nil)) }
      }
    }
    for member in members where includes(member.userId) {
      result.append(Recipient(userId: member.userId, record: member.record))
    }
    return result
  }

  /// What has to be looked up to make the updates of these recipients.
  public func request(for recipients: [Recipient], into request: inout StateRequest) {
    for recipient in recipients {
      request.addUser(event.tenantId, recipient.userId)
      if event.type.rule.sections.contains(.ownMember), let dialog = located.dialog {
        request.metas.insert(MetaKey(MemberKey(dialog: dialog, userId: recipient.userId)))
      }
    }
  }

  /// The ordinary updates of these recipients, in their order; `createdAt` is still 0.
  public func updates(for recipients: [Recipient], state: StateSnapshot) -> [Update] {
    let hasOwnMember = event.type.rule.sections.contains(.ownMember)
    return recipients.map { recipient in
      Update(
        content: content, userId: recipient.userId,
        userType: userType(of: recipient.userId, state: state),
        member: hasOwnMember ? ownMember(recipient, state: state) : nil)
    }
  }

  private func ownMember(_ recipient: Recipient, state: StateSnapshot) -> BSONDocument? {
    guard let dialog = located.dialog else { return nil }
    return MemberSection(
      userId: recipient.userId, record: recipient.record,
      meta: state.meta(MetaKey(MemberKey(dialog: dialog, userId: recipient.userId))),
      event: event.memberUserId == recipient.userId ? event.member : nil, isRemoval: false
    ).document()
  }

  /// The word of the routing key (spec section 5).
  private func userType(of id: Identifier, state: StateSnapshot) -> String {
    if let record = state.user(event.tenantId, id) { return record.userType }
    return event.type.rule.updateType == .user ? event.user?.userType ?? "user" : "user"
  }
}

/// Who gets an update.
public struct Recipient: Sendable {
  /// The user.
  public let userId: Identifier
  /// The `dialogmembers` record, where the membership is why.
  let record: BSONDocument?
}

extension BSONDocument {
  /// `type` as it is, `user` when that is empty or no string (spec section 5).
  var userType: String {
    guard let type = self["type"]?.string, !type.isEmpty else { return "user" }
    return type
  }
}

extension LocatedEvent {
  /// Makes what all recipients share.
  ///
  /// - Throws: ``BadEvent`` when the dialog is neither in the event nor stored.
  public func plan(with state: StateSnapshot) throws(BadEvent) -> EventPlan {
    try EventPlan(self, state: state)
  }
}
