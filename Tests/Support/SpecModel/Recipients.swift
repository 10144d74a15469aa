extension Plan {
  /// The users who get the ordinary updates of a dialog or message event (§3), each of them once.
  func recipients(dialogId: ExactString) throws(BadLine) -> [ExactString] {
    let active = activeMemberIds(dialogId: dialogId)
    switch event.type {
    case .memberUpdate:
      return [try memberOfEvent()]
    case .memberAdd, .memberRemove:
      let member = try memberOfEvent()
      return active.contains(member) ? active : active + [member]
    case .typing:
      let typist = try typistOfEvent()
      return active.filter { $0 != typist }
    default:
      return active
    }
  }

  /// The active members of the dialog.
  func activeMemberIds(dialogId: ExactString) -> [ExactString] {
    state.activeMembers(ofDialog: dialogId, tenant: event.tenantId).compactMap { record in
      record["userId"]?.string
    }
  }

  /// The user that a `dialog.member.*` event is about.
  func memberOfEvent() throws(BadLine) -> ExactString {
    guard let userId = try event.section("member")?.id("userId") else {
      throw BadLine("no member.userId")
    }
    return userId
  }
}
