import BSON

extension LocatedEvent {
  /// A section that all recipients share; `nil` for the own member section (spec section 3.1).
  func section(_ section: Rule.Section, state: StateSnapshot) throws(BadEvent) -> BSONDocument? {
    switch section {
    case .dialog: try dialogSection(state: state)
    case .ownMember: nil
    case .subjectMember: subjectMember(state: state)
    case .message:
      if let message, let dialog { messageSection(message, dialog: dialog, state: state) } else { nil }
    case .typing: typingSection()
    case .user: userSection()
    }
  }

  private func dialogSection(state: StateSnapshot) throws(BadEvent) -> BSONDocument? {
    guard let dialog else { return nil }
    if event.dialogId != nil, let own = event.dialog { return own.withMetaObject() }
    guard let record = state.dialogs[dialog] else {
      throw BadEvent(
        "data.dialog", "is missing, and no stored dialog has the dialogId \(dialog.id.string)", .unknown)
    }
    var output = BSONWriter(capacity: record.bytes.count + 128)
    for element in record
    where !element.hasKey("_id") && !element.hasKey("__v") && !element.hasKey("meta") {
      output.append(element)
    }
    output.append(
      "meta", state.meta(MetaKey(tenantId: dialog.tenantId, entity: .dialog, entityId: dialog.id)))
    return output.finish()
  }

  private func subjectMember(state: StateSnapshot) -> BSONDocument? {
    guard let dialog, let userId = event.memberUserId else { return nil }
    let key = MemberKey(dialog: dialog, userId: userId)
    return MemberSection(
      userId: userId, record: state.memberships[key], meta: state.meta(MetaKey(key)), event: event.member,
      isRemoval: event.type == .memberRemove
    ).document()
  }

  /// `expiresInMs` when the event does not have it, in milliseconds.
  private static let typingLifetime: Int64 = 5000

  private func typingSection() -> BSONDocument? {
    guard let typistId else { return nil }
    let source = event.carriesTyping ? event.typing : nil
    let fields = source ?? event.data
    var output = BSONWriter()
    output.append("userId", typistId.string)
    if let lifetime = fields.present("expiresInMs") {
      output.append(lifetime)
    } else {
      output.append("expiresInMs", Self.typingLifetime)
    }
    output.append("timestamp", valueOf: fields.present("timestamp") ?? event.createdAt)
    output.append("userInfo", valueOf: source?.present("userInfo"))
    if let source {
      let known = ["userId", "expiresInMs", "timestamp", "userInfo"]
      for element in source where !known.contains(where: element.hasKey) { output.append(element) }
    }
    return output.finish()
  }

  private func userSection() -> BSONDocument? {
    guard let userId, let user = event.user else { return nil }
    if event.userId != nil { return user.withMetaObject() }
    var output = BSONWriter(capacity: user.bytes.count + 64)
    output.append("userId", userId.string)
    for element in user where !element.hasKey("userId") { output.append(element) }
    return output.finish().withMetaObject()
  }

  /// The event's `context`, completed, with the `includedSections` of the update that is made.
  func contextSection(
    entityId: Identifier, sections: [Rule.Section], message: BSONDocument?
  ) -> BSONDocument {
    var completions = [("eventType", event.type.rawValue), ("entityId", entityId.string)]
    if let dialog { completions.append(("dialogId", dialog.id.string)) }
    if let message = self.message { completions.append(("messageId", message.id.string)) }
    let own = event.context ?? .empty
    var output = BSONWriter(capacity: own.bytes.count + 256)
    for element in own where !element.hasKey("includedSections") {
      if element.isNull, completions.contains(where: { element.hasKey($0.0) }) { continue }
      output.append(element)
    }
    for (key, value) in completions where own.present(key) == nil { output.append(key, value) }
    var names = sections.map(\.name)
    for change in ["statusUpdate", "reactionUpdate"] where message?.present(change) != nil {
      names.append(change)
    }
    output.append("includedSections", strings: names)
    return output.finish()
  }
}

extension BSONDocument {
  /// The same document, but with `{}` for a `meta` that is not an object.
  fileprivate func withMetaObject() -> BSONDocument {
    if document("meta") != nil { return self }
    var output = BSONWriter(capacity: bytes.count + 16)
    for element in self where !element.hasKey("meta") { output.append(element) }
    output.append("meta", .empty)
    return output.finish()
  }
}
