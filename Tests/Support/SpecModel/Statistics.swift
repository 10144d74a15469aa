extension Plan {
  /// The derived statistics updates of a dialog or message event (§6).
  func statistics(
    dialogId: ExactString, messageId: ExactString?, message: Fields?
  ) throws(BadLine) -> [ExpectedUpdate] {
    switch event.type {
    case .memberAdd, .memberRemove:
      return [statistics(of: try memberOfEvent(), updatedField: "user.stats.dialogCount")]
    case .memberUpdate where changesUnreadCount:
      return [statistics(of: try memberOfEvent(), updatedField: "user.stats.unreadDialogsCount")]
    case .messageCreate:
      guard let messageId, let message else { return [] }
      let stored = state.message(messageId, tenant: event.tenantId)
      let sender = message["senderId"]?.string ?? stored?["senderId"]?.string
      return activeMemberIds(dialogId: dialogId)
        .filter { $0 != sender }
        .filter { madeUnread(dialogId, for: $0, messageId: messageId, message: message) }
        .map { statistics(of: $0, updatedField: "user.stats.unreadDialogsCount") }
    default:
      return []
    }
  }

  /// `context.updatedFields` names `member.state.unreadCount`, or `delta.unreadCount` differs.
  private var changesUnreadCount: Bool {
    let updatedFields = event.section("context")?["updatedFields"]?.array ?? []
    if updatedFields.contains("member.state.unreadCount") { return true }
    guard let delta = event.section("delta")?.section("unreadCount") else { return false }
    return !(delta["from"] ?? .null).sameValue(as: delta["to"] ?? .null)
  }

  private func statistics(of userId: ExactString, updatedField: JSON) -> ExpectedUpdate {
    let memberships = state.activeMemberships(ofUser: userId, tenant: event.tenantId)
    let unread = memberships.filter { record in
      guard let count = record["unreadCount"]?.number else { return false }
      return count > .integer(0)
    }
    let record = state.user(userId, tenant: event.tenantId)
    let user: JSON = [
      "userId": .string(userId),
      "type": .string(record.map(recordedType) ?? "user"),
      "meta": .object(state.meta("user", userId, tenant: event.tenantId)),
      "stats": [
        "dialogCount": .integer(Int64(memberships.count)),
        "unreadDialogsCount": .integer(Int64(unread.count)),
      ],
    ]
    let context: JSON = [
      "eventType": "user.stats.update",
      "entityId": .string(userId),
      "includedSections": ["user"],
      "updatedFields": [updatedField],
    ]
    return ExpectedUpdate(
      tenantId: event.tenantId,
      userId: userId,
      entityId: userId,
      eventId: event.identity,
      eventType: "user.stats.update",
      updateType: "UserStatsUpdate",
      data: ["user": user, "context": context],
      routingKey: routingKey(userId: userId, updateType: "UserStatsUpdate"))
  }
}
