extension TimelineGenerator {
  /// `data.dialog`: complete, partial, spoiled or absent.
  mutating func dialogSection(tenant: String, dialog: String) -> JSON? {
    guard chance(70) else { return nil }
    var section = Fields()
    section["dialogId"] = id(dialog, percent: 85)
    section["tenantId"] = maybe(80) { _ in .string(tenant) }
    section["name"] = maybe(80) { .string($0.text()) }
    section["createdAt"] = maybe(50) { $0.time() }
    section["meta"] = meta()
    addExtras(to: &section)
    return self.section(section, spoiled: 6)
  }

  /// `data.context`: complete, partial, spoiled or absent.
  mutating func contextSection(event: String, dialog: String, message: String) -> JSON? {
    guard chance(88) else { return nil }
    var context = Fields()
    context["version"] = maybe(60) { _ in 2 }
    context["eventType"] = pick([.string(event), .string(event), JSON.null, nil, "other", 5])
    context["entityId"] = pick([.string(message), JSON.null, nil, "other", 5] as [JSON?])
    if !event.hasPrefix("user.") {
      context["dialogId"] = id(chance(97) ? dialog : self.dialog(), percent: 75)
    }
    if event.hasPrefix("message."), ExactString(message) != "none" {
      context["messageId"] = id(message, percent: 70)
    }
    context["includedSections"] = pick([["actor"], ["dialog"], JSON.null, nil, 5] as [JSON?])
    context["updatedFields"] = pick(
      [
        ["member.state.unreadCount"], ["member.state.unreadCount", "x"], ["member.state"], [],
        JSON.null, nil, nil, "member.state.unreadCount", ["message.content", 5],
        ["a": "member.state.unreadCount"], [["member.state.unreadCount"]],
      ] as [JSON?])
    addExtras(to: &context, percent: 25)
    return section(context, spoiled: 4)
  }

  /// `data.member` about a user.
  mutating func memberFields(user: String) -> Fields {
    var member: Fields = ["userId": .string(user)]
    member["meta"] = meta()
    if chance(80) {
      var state = Fields()
      state["unreadCount"] = pick([0, 1, 2.0, "4", JSON.null, nil, nil] as [JSON?])
      state["lastSeenAt"] = pick([time(), JSON.null, nil])
      state["lastMessageAt"] = pick([time(), JSON.null, nil])
      state["isActive"] = pick([true, false, JSON.null, nil, nil, "yes", 0] as [JSON?])
      addExtras(to: &state, percent: 25)
      member["state"] = section(state, spoiled: 6)
    }
    addExtras(to: &member, percent: 25)
    return member
  }
}
