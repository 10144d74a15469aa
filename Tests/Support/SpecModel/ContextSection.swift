extension Plan {
  /// The `context` section (§3.1) of an update that holds these sections.
  func context(
    for data: Fields, entityId: ExactString, dialogId: ExactString?, messageId: ExactString?
  ) -> Fields {
    var context = event.section("context") ?? [:]
    context.complete("eventType", with: ExactString(event.type.rawValue))
    context.complete("entityId", with: entityId)
    context.complete("dialogId", with: dialogId)
    context.complete("messageId", with: messageId)
    context["includedSections"] = .array(includedSections(of: data))
    return context
  }

  private func includedSections(of data: Fields) -> [JSON] {
    let order: [ExactString] = ["dialog", "member", "message", "typing", "user"]
    var names = order.filter { data[$0] != nil }
    for name: ExactString in ["statusUpdate", "reactionUpdate"]
    where data.section("message")?.present(name) != nil {
      names.append(name)
    }
    return names.map { .string($0) }
  }
}

extension Fields {
  /// Sets the value if there is none.
  fileprivate mutating func complete(_ key: ExactString, with value: ExactString?) {
    guard present(key) == nil, let value else { return }
    self[key] = .string(value)
  }
}
