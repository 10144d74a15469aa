extension TimelineGenerator {
  /// The message of a message event, or of one that is ignored, in any format.
  mutating func addMessageParts(
    _ event: inout Fields, _ data: inout Fields, dialog: String
  ) {
    let messageId = message(of: chance(97) ? dialog : self.dialog())
    let type = event["eventType"]?.string.flatMap { EventType(named: $0) }
    switch type {
    case .statusUpdate: event["entityType"] = pick(["messageStatus", "message"])
    case .reactionUpdate: event["entityType"] = pick(["messageReaction", "message"])
    default: event["entityType"] = "message"
    }
    if chance(6) { event["entityType"] = pick([nil, JSON.null, "dialog", "Message", 5]) }
    event["entityId"] = id(messageId, percent: 93)

    var message = messageFields(messageId, dialog: dialog)
    if type == .statusUpdate || type == .reactionUpdate || chance(3) {
      addStatusAndReaction(to: &message, &data)
    }
    switch below(10) {
    case 0, 1: break
    case 2:
      message["messageId"] = pick([nil, JSON.null])
      data["message"] = .object(message)
    default:
      data["message"] = section(message, spoiled: 4)
    }
    data["member"] = maybe(25) { .object($0.memberFields(user: $0.user())) }
  }

  private mutating func messageFields(_ messageId: String, dialog: String) -> Fields {
    var message: Fields = ["messageId": .string(messageId)]
    message["dialogId"] = id(dialog, percent: 80)
    message["senderId"] = id(user(), percent: 85)
    message["type"] = maybe(80) { _ in "internal.text" }
    message["content"] = pick([.string(text()), .string(text()), JSON.null, nil])
    message["createdAt"] = pick([time(), time(), "2025", JSON.null, nil, nil] as [JSON?])
    message["meta"] = meta()
    if chance(65) { message["meta"] = nil }
    message["statuses"] = pick(
      [nil, nil, nil, nil, JSON.null, JSON.null, [], "x", [["userId": 5]]] as [JSON?])
    message["senderInfo"] = pick(
      [nil, nil, nil, nil, JSON.null, JSON.null, ["userId": "z"], "x", false] as [JSON?])
    message["quotedMessage"] = maybe(15) { .object($0.oddFields()) }
    message["tenantId"] = maybe(20) { .string($0.tenant()) }
    addExtras(to: &message)
    return message
  }

  /// `statusUpdate`, `reactionUpdate` and the matrix: in the message, in `data`, or flat.
  private mutating func addStatusAndReaction(to message: inout Fields, _ data: inout Fields) {
    let status: JSON = ["userId": .string(user()), "status": .string(pick(Universe.statuses))]
    let reaction: JSON = ["userId": .string(user()), "reaction": "\u{1F44D}", "oldReaction": .null]
    let odd: [JSON?] = [JSON.null, "x", [], 0, false, [:]]
    if chance(40) { message["statusUpdate"] = chance(80) ? status : pick(odd) }
    if chance(40) { message["reactionUpdate"] = chance(80) ? reaction : pick(odd) }
    if chance(30) { data["statusUpdate"] = chance(80) ? status : pick(odd) }
    if chance(30) { data["reactionUpdate"] = chance(80) ? reaction : pick(odd) }
    let matrix: [JSON?] = [
      nil, nil, nil, nil, nil, JSON.null, [], [["userType": "bot", "status": "read", "count": 7]],
      "x",
    ]
    message["statusMessageMatrix"] = pick(matrix)
    data["statusMessageMatrix"] = pick(matrix)
    guard chance(50) else { return }
    data["userId"] = id(user(), percent: 80)
    data["newStatus"] = pick(["read", "read", JSON.null, nil, 5] as [JSON?])
    data["oldStatus"] = pick(["unread", JSON.null, nil] as [JSON?])
    data["reaction"] = pick(["\u{1F44D}", "\u{e9}", JSON.null, nil] as [JSON?])
    data["oldReaction"] = pick(["-", JSON.null, nil, ["a": 1]] as [JSON?])
  }
}
