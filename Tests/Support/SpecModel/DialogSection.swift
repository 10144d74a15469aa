extension Plan {
  /// The `dialog` section (§3.1) and the dialogId that is used everywhere.
  func dialogSection() throws(BadLine) -> (dialogId: ExactString, section: Fields) {
    if var dialog = event.section("dialog"), let dialogId = try dialog.id("dialogId") {
      dialog["meta"] = .object(dialog.section("meta") ?? [:])
      return (dialogId, dialog)
    }
    guard let dialogId = try dialogIdFromElsewhere() else {
      throw BadLine("no dialog, and no dialogId to load it by")
    }
    guard let record = state.dialog(dialogId, tenant: event.tenantId) else {
      throw BadLine("no dialog, and dialog \(dialogId) is not stored")
    }
    var dialog = record.without("_id", "__v")
    dialog["meta"] = .object(state.meta("dialog", dialogId, tenant: event.tenantId))
    return (dialogId, dialog)
  }

  /// The first dialogId found outside of the dialog section.
  private func dialogIdFromElsewhere() throws(BadLine) -> ExactString? {
    if let id = try event.section("context")?.id("dialogId") { return id }
    if let id = try event.section("message")?.id("dialogId") { return id }
    if event.isAbout("dialog", "dialogMember"), let id = try event.entityId() { return id }
    if event.type.isMessageEvent, let messageId = try messageIdOfEvent() {
      return state.message(messageId, tenant: event.tenantId)?["dialogId"]?.string
    }
    return nil
  }

  /// The message of a message event that has to be looked up.
  private func messageIdOfEvent() throws(BadLine) -> ExactString? {
    if let id = try event.section("message")?.id("messageId") { return id }
    return try messageIdOutsideMessage()
  }

  /// The messageId if the event carries no message, or one without `messageId`.
  func messageIdOutsideMessage() throws(BadLine) -> ExactString? {
    if let id = try event.section("context")?.id("messageId") { return id }
    guard event.isAbout("message", "messageStatus", "messageReaction") else { return nil }
    return try event.entityId()
  }
}
