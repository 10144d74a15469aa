extension Plan {
  /// Whether this message made the dialog unread for a member (§6): U − L = 1.
  func madeUnread(
    _ dialogId: ExactString, for userId: ExactString, messageId: ExactString, message: Fields
  ) -> Bool {
    let record = state.member(userId, dialog: dialogId, tenant: event.tenantId)
    let unread = record?["unreadCount"]?.number ?? .integer(0)
    let newer = messages(newerThan: messageId, section: message, dialogId: dialogId)
    let newerOfOthers = newer.filter { $0["senderId"]?.string != userId }
    return unread == .integer(Int64(newerOfOthers.count) + 1)
  }

  /// The messages of the dialog that are newer than the message of the event.
  private func messages(
    newerThan messageId: ExactString, section: Fields, dialogId: ExactString
  ) -> [Fields] {
    let all = state.messages(ofDialog: dialogId, tenant: event.tenantId)
    let stored = state.message(messageId, tenant: event.tenantId)
    if let time = stored?["createdAt"]?.number {
      return all.filter { other in
        guard let otherTime = other["createdAt"]?.number else { return false }
        guard let otherId = other["messageId"]?.string else { return false }
        return otherTime > time || (otherTime == time && otherId > messageId)
      }
    }
    guard let time = section["createdAt"]?.number ?? event.createdAt.number else { return [] }
    return all.filter { other in
      guard let otherTime = other["createdAt"]?.number else { return false }
      return otherTime > time
    }
  }
}
