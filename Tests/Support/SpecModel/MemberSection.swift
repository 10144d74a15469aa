extension Plan {
  /// The `member` section of a user (§3.1): the stored membership. If `data.member` is about the same user,
  /// the event completes and overrules it.
  func memberSection(of userId: ExactString, dialogId: ExactString) -> Fields {
    let record = state.member(userId, dialog: dialogId, tenant: event.tenantId)
    let entityId = ExactString(dialogId.text + ":" + userId.text)
    let storedMeta = state.meta("dialogMember", entityId, tenant: event.tenantId)

    var given: Fields = [:]
    if let member = event.section("member"), member["userId"]?.string == userId {
      given = member
    }
    var section = given
    section["userId"] = .string(userId)
    section["meta"] = .object(storedMeta.overruled(by: given.section("meta") ?? [:]))
    section["state"] = .object(memberState(record: record, given: given.section("state") ?? [:]))
    return section
  }

  private func memberState(record: Fields?, given: Fields) -> Fields {
    var stored: Fields = [:]
    for name: ExactString in ["unreadCount", "lastSeenAt", "lastMessageAt"] {
      stored[name] = record?[name] ?? .null
    }
    var state = stored.overruled(by: given)
    state["isActive"] = .bool(isActive(record: record, given: given))
    return state
  }

  private func isActive(record: Fields?, given: Fields) -> Bool {
    if event.type == .memberRemove { return false }
    if case .bool(let value)? = given["isActive"] { return value }
    return record?["isActive"] != .bool(false)
  }
}

extension Fields {
  /// These fields, overruled by those of the event. A `null` of the event does not overrule a value.
  fileprivate func overruled(by given: Fields) -> Fields {
    var result = self
    for (key, value) in given where value != .null || result[key] == nil {
      result[key] = value
    }
    return result
  }
}
