extension TimelineGenerator {
  /// Messages that arrive faster than the worker reads: first the messages and the counters, then the events
  /// (§6).
  mutating func burst() -> (lines: [String], events: Int) {
    burstCount += 1
    let tenant = tenant()
    let dialog = dialog()
    let ids = Array(shuffled(Universe.burstMessages(of: dialog)).prefix(2 + below(4)))
    let senders = [user(), user()]
    var messages: [Fields] = []
    for (index, id) in ids.enumerated() {
      var message = messageRecord(tenant: tenant, dialog: dialog)
      message["messageId"] = .string(id)
      message["dialogId"] = .string(dialog)
      message["senderId"] = .string(pick(senders))
      message["createdAt"] = burstTime(index)
      messages.append(message)
    }
    let known = messages.filter { _ in chance(85) }.map { JSON.object($0) }
    let upserted: JSON = [
      "messages": .array(known),
      "dialogmembers": .array(readers(of: messages, tenant: tenant, dialog: dialog)),
    ]
    var lines = [line(["upsert": upserted])]
    let order = chance(70) ? messages : shuffled(messages)
    for message in order {
      let event = burstEvent(message, tenant: tenant, dialog: dialog)
      remember(event)
      lines.append(line(event))
      if chance(15) { lines.append(stateLine()) }
    }
    return (lines, order.count)
  }

  /// Times that are later than those of all earlier bursts, and often equal within the burst.
  private mutating func burstTime(_ index: Int) -> JSON {
    let start = 1_763_552_000_000 + Int64(burstCount) * 1000
    let step = chance(40) ? 0 : Int64(index)
    return chance(50) ? .integer(start + step) : .double(Double(start + step))
  }

  /// Members whose counters are ahead of the events, most of them by exactly these messages.
  private mutating func readers(
    of messages: [Fields], tenant: String, dialog: String
  ) -> [JSON] {
    (0..<5).map { _ in
      let userId = user()
      let unread = messages.count { $0["senderId"]?.string != ExactString(userId) }
      let offset = pick([0, 0, 0, 0, 1, -1, 2])
      var record = memberRecord(tenant: tenant, dialog: dialog, user: userId)
      record["unreadCount"] =
        chance(70) ? .integer(Int64(unread + offset)) : .double(Double(unread + offset))
      record["isActive"] = pick([nil, JSON.bool(true)])
      return .object(record)
    }
  }

  /// The `message.create` of one of the messages.
  private mutating func burstEvent(
    _ record: Fields, tenant: String, dialog: String
  ) -> Fields {
    var event = event(named: "message.create", tenant: tenant, dialog: dialog)
    var data = event["data"]?.object ?? [:]
    let shown: [ExactString] = [
      "messageId", "dialogId", "senderId", "type", "content", "createdAt",
    ]
    var message = record.filter { shown.contains($0.key) }
    if chance(40) { message["createdAt"] = nil }
    data["message"] = .object(message)
    data["context"] = ["dialogId": .string(dialog), "messageId": record["messageId"] ?? .null]
    if chance(25) { data["message"] = nil }
    event["data"] = .object(data)
    event["createdAt"] = record["createdAt"]
    event["entityId"] = record["messageId"]
    return event
  }
}
