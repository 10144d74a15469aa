/// The updates that one event makes with the present state (§3, §6).
struct Plan {
  let state: State
  let event: Event

  /// All updates in order: the ordinary ones, then the derived ones.
  func updates() throws(BadLine) -> [ExpectedUpdate] {
    event.type.isUserEvent ? try userUpdates() : try dialogUpdates()
  }

  private func userUpdates() throws(BadLine) -> [ExpectedUpdate] {
    let (userId, user) = try userSection()
    var data: Fields = ["user": .object(user)]
    data["context"] = .object(context(for: data, entityId: userId, dialogId: nil, messageId: nil))
    return [update(for: userId, entityId: userId, data: data)]
  }

  private func dialogUpdates() throws(BadLine) -> [ExpectedUpdate] {
    let (dialogId, dialog) = try dialogSection()
    var shared: Fields = ["dialog": .object(dialog)]
    var entityId = dialogId
    var messageId: ExactString?
    if event.type.isMessageEvent {
      let (id, message) = try messageSection(dialogId: dialogId)
      shared["message"] = .object(message)
      messageId = id
      entityId = id
    }
    if event.type == .typing {
      shared["typing"] = .object(try typingSection())
    }
    if event.type.isMemberEvent {
      let member = memberSection(of: try memberOfEvent(), dialogId: dialogId)
      shared["member"] = .object(member)
    }
    var updates: [ExpectedUpdate] = []
    for userId in try recipients(dialogId: dialogId) {
      var data = shared
      if event.type.showsOwnMembership {
        data["member"] = .object(memberSection(of: userId, dialogId: dialogId))
      }
      let context = context(
        for: data, entityId: entityId, dialogId: dialogId, messageId: messageId)
      data["context"] = .object(context)
      updates.append(update(for: userId, entityId: entityId, data: data))
    }
    let message = shared["message"]?.object
    return updates + (try statistics(dialogId: dialogId, messageId: messageId, message: message))
  }

  private func update(
    for userId: ExactString, entityId: ExactString, data: Fields
  ) -> ExpectedUpdate {
    ExpectedUpdate(
      tenantId: event.tenantId,
      userId: userId,
      entityId: entityId,
      eventId: event.identity,
      eventType: event.type.rawValue,
      updateType: event.type.updateType,
      data: .object(data),
      routingKey: routingKey(userId: userId, updateType: event.type.updateType))
  }
}
