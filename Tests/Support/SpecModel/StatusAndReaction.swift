extension Plan {
  /// `message.status.update`: `statusUpdate` and `statusMessageMatrix`.
  func addStatus(to section: inout Fields, messageId: ExactString) {
    let legacy: JSON = [
      "userId": event.data["userId"] ?? .null,
      "status": event.data["newStatus"] ?? .null,
      "oldStatus": event.data["oldStatus"] ?? .null,
    ]
    add("statusUpdate", legacy: legacy, to: &section)
    if section.present("statusMessageMatrix") == nil {
      section["statusMessageMatrix"] =
        event.data.present("statusMessageMatrix")
        ?? statusMatrix(messageId: messageId, senderId: section["senderId"]?.string)
    }
  }

  /// `message.reaction.update`: `reactionUpdate`.
  func addReaction(to section: inout Fields) {
    let legacy: JSON = [
      "userId": event.data["userId"] ?? .null,
      "reaction": event.data["reaction"] ?? .null,
      "oldReaction": event.data["oldReaction"] ?? .null,
    ]
    add("reactionUpdate", legacy: legacy, to: &section)
  }

  /// From the message, or else from `data`, or else from the flat legacy fields (with `data.userId`).
  private func add(_ name: ExactString, legacy: JSON, to section: inout Fields) {
    if section.present(name) != nil { return }
    if let given = event.data.present(name) {
      section[name] = given
    } else if event.data.present("userId") != nil {
      section[name] = legacy
    }
  }
}
