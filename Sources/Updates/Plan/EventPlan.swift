package import BSON

/// An event together with everything that its recipients share: it can make each recipient's update.
package struct EventPlan: Sendable {
  package let located: LocatedEvent
  /// What the ordinary updates share.
  package let content: UpdateContent

  var event: Event { located.event }

  init(_ located: LocatedEvent, state: StateSnapshot) throws(BadEvent) {
    self.located = located
    content = try UpdateContent(located, state: state)
  }

  /// The ordinary updates of these recipients, in the same order. Their `createdAt` is still 0.
  package func updates(for recipients: [Recipient], state: StateSnapshot) -> [Update] {
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

  /// The user type for the routing key (spec section 5).
  private func userType(of id: Identifier, state: StateSnapshot) -> String {
    if let record = state.user(event.tenantId, id) { return record.userType }
    return event.type.rule.updateType == .user ? event.user?.userType ?? "user" : "user"
  }

  /// The statistics updates of these users, in the same order (spec section 6). Their `createdAt` is still 0.
  package func statisticsUpdates(for users: [Identifier], state: StateSnapshot) -> [Update] {
    guard let field = event.type.rule.statistics?.updatedField else { return [] }
    return users.map { id in
      let user = EntityKey(tenantId: event.tenantId, id: id)
      let userType = state.user(event.tenantId, id)?.userType ?? "user"
      let meta = state.meta(MetaKey(tenantId: event.tenantId, entity: .user, entityId: id))
      return Update(
        content: UpdateContent(
          statisticsOf: user, userType: userType, meta: meta, counts: state.membershipCounts[user] ?? .none,
          updatedFields: [field], eventId: event.id, eventCreatedAt: event.createdAt?.number),
        userId: id, userType: userType, member: nil)
    }
  }
}

extension BSONDocument {
  /// `type` as it is, or `user` when that is empty or not a string (spec section 5).
  package var userType: String {
    guard let type = self["type"]?.string, !type.isEmpty else { return "user" }
    return type
  }
}

extension LocatedEvent {
  /// Makes what all recipients share.
  ///
  /// - Throws: ``BadEvent`` when the dialog is neither in the event nor stored.
  package func plan(with state: StateSnapshot) throws(BadEvent) -> EventPlan {
    try EventPlan(self, state: state)
  }
}
