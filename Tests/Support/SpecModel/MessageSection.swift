extension Plan {
  /// The `message` section (§3.1) and its id.
  func messageSection(
    dialogId: ExactString
  ) throws(BadLine) -> (messageId: ExactString, section: Fields) {
    let given = event.section("message") ?? [:]
    try check(given["dialogId"], names: dialogId)

    let messageId: ExactString
    var section: Fields
    if let id = try given.id("messageId") {
      messageId = id
      section = given
    } else {
      (messageId, section) = try loadedMessage(given: given, dialogId: dialogId)
    }
    section["dialogId"] = .string(dialogId)

    switch event.type {
    case .messageCreate, .messageUpdate: complete(&section, messageId: messageId)
    case .statusUpdate: addStatus(to: &section, messageId: messageId)
    default: addReaction(to: &section)
    }
    return (messageId, section)
  }

  /// The stored message, overruled by the fields of the event.
  private func loadedMessage(
    given: Fields, dialogId: ExactString
  ) throws(BadLine) -> (ExactString, Fields) {
    guard let messageId = try messageIdOutsideMessage() else {
      throw BadLine("no message, and no messageId to load it by")
    }
    guard let record = state.message(messageId, tenant: event.tenantId) else {
      throw BadLine("no message, and message \(messageId) is not stored")
    }
    try check(record["dialogId"], names: dialogId)

    var section: Fields
    switch event.type {
    case .messageCreate, .messageUpdate:
      section = record.without("_id", "__v", "tenantId", "meta", "statuses", "senderInfo")
    default:
      let taken: [ExactString] = ["messageId", "dialogId", "senderId", "type"]
      section = record.filter { taken.contains($0.key) }
    }
    let ids: [ExactString] = ["messageId", "dialogId", "senderId"]
    for (key, value) in given {
      let isSilent = value == .null && ids.contains(key) && section[key] != nil
      if !isSilent { section[key] = value }
    }
    return (messageId, section)
  }

  /// No user may be shown a message of a dialog that they are not in.
  private func check(_ messageDialog: JSON?, names dialogId: ExactString) throws(BadLine) {
    guard let messageDialog, messageDialog != .null else { return }
    guard messageDialog.string == dialogId else { throw BadLine("a message of another dialog") }
  }

  /// `message.create` and `message.update`: adds `meta`, `statuses` and `senderInfo` if they are absent.
  private func complete(_ section: inout Fields, messageId: ExactString) {
    if section.present("meta") == nil {
      section["meta"] = .object(state.meta("message", messageId, tenant: event.tenantId))
    }
    if section.present("statuses") == nil {
      section["statuses"] = .array(statuses(ofMessage: messageId))
    }
    if section.present("senderInfo") == nil {
      section["senderInfo"] = senderInfo(section["senderId"]?.string)
    }
    if event.type == .messageUpdate {
      var meta = section.section("meta") ?? [:]
      meta["updated"] = true
      section["meta"] = .object(meta)
    }
  }
}
