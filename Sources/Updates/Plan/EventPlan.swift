package import BSON

/// An event together with everything that its recipients share: it can make each recipient's update.
package struct EventPlan: Sendable {
  package let resolved: ResolvedEvent
  /// What the ordinary updates share.
  package let content: UpdateContent

  private var event: Event { resolved.located.event }

  init(_ resolved: ResolvedEvent, profiles: Profiles) throws(BadEvent) {
    self.resolved = resolved
    content = try UpdateContent(resolved, profiles: profiles)
  }

  /// The ordinary updates of these recipients, in the same order. Their `createdAt` is still 0.
  ///
  /// - Parameter profiles: The answers to what ``Recipients/addNeeds(of:to:)`` asks for them.
  package func updates(for recipients: [Recipient], profiles: Profiles) -> [Update] {
    let ownMember =
      event.type.rule.sections.contains(.ownMember)
      ? resolved.located.dialog.map { OwnMemberSection(event: event, dialog: $0) } : nil
    return recipients.map { recipient in
      Update(
        content: content, userId: recipient.userId,
        userType: userType(of: recipient.userId, profiles: profiles),
        member: ownMember?.document(for: recipient, profiles: profiles))
    }
  }

  /// The user type for the routing key (spec section 5).
  private func userType(of id: Identifier, profiles: Profiles) -> String {
    if let record = profiles.user(event.tenantId, id) { return record.userType }
    return event.type.rule.updateType == .user ? event.user?.userType ?? "user" : "user"
  }

  /// The statistics updates of these users, in the same order (spec section 6). Their `createdAt` is still 0.
  ///
  /// - Parameter profiles: The answers to what ``StatisticsUsers/addNeeds(of:to:)`` asks for them.
  package func statisticsUpdates(for users: [Identifier], profiles: Profiles) -> [Update] {
    guard let field = event.type.rule.statistics?.updatedField else { return [] }
    return users.map { id in
      let user = EntityKey(tenantId: event.tenantId, id: id)
      let userType = profiles.user(event.tenantId, id)?.userType ?? "user"
      let meta = profiles.meta(MetaKey(tenantId: event.tenantId, entity: .user, entityId: id))
      return Update(
        content: UpdateContent(
          statisticsOf: user, userType: userType, meta: meta,
          counts: profiles.membershipCounts[user] ?? .none,
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
