extension TimelineGenerator {
  /// An event line that is bad in one of the ways of §1. Some are harmless, such as a wrong id in an event of
  /// an ignored type.
  mutating func badEventLine() -> String {
    if chance(40) { return brokenText(JSON.object(event()).text) }
    var event = event()
    switch below(6) {
    case 0: spoilEnvelope(&event)
    case 1: spoilIdentity(&event)
    case 2: spoilSectionId(&event)
    case 3: spoilFallback(&event)
    case 4: dropWhatIsNeeded(&event)
    default: event = wrongDialogEvent()
    }
    return line(event)
  }

  private mutating func spoilEnvelope(_ event: inout Fields) {
    switch below(5) {
    case 0: event["tenantId"] = pick([nil, JSON.null])
    case 1, 2: event["tenantId"] = pick(Universe.noIds)
    default: event["eventType"] = pick([nil, JSON.null, "", 5, ["message.create"]] as [JSON?])
    }
  }

  private mutating func spoilIdentity(_ event: inout Fields) {
    let hex = hex(digits: 24)
    if chance(60) {
      // A wrong _id is bad even together with a good eventId.
      let bad: [JSON] = [
        "", "xyz", .string(String(hex.dropLast())), .string(hex + "0"), .string(hex + "\u{0}"),
        .string("g" + hex.dropFirst()), 5, true, [], [:], ["$oid": 5], ["$oid": .null],
        ["$oid": .string(hex), "x": 1], ["$oid": ["$oid": .string(hex)]], ["oid": .string(hex)],
        .string(" " + hex.dropFirst()), .string("\u{ff10}" + hex.dropFirst()),
      ]
      event["_id"] = pick(bad)
    } else {
      event["_id"] = pick([nil, JSON.null])
      let bad: [JSON?] = [
        nil, JSON.null, "", "evt_", 5, .string("evt_" + hex), .string("EVT_" + hex + "00000000"),
        .string("evt_" + hex + "0000000"), .string("evt_" + hex + "000000000"),
        .string("evt_" + hex + "0000000g"), .string(hex), .string("evt-" + hex + "00000000"),
      ]
      event["eventId"] = pick(bad)
    }
  }

  /// A wrong id in a place that §1 names, whether it is used or not.
  private mutating func spoilSectionId(_ event: inout Fields) {
    var data = event["data"]?.object ?? [:]
    let places: [(section: ExactString, key: ExactString)] = [
      ("context", "dialogId"), ("context", "messageId"), ("dialog", "dialogId"),
      ("member", "userId"), ("message", "messageId"), ("message", "dialogId"),
      ("message", "senderId"), ("typing", "userId"), ("user", "userId"),
    ]
    if chance(10) {
      data["userId"] = pick(Universe.noIds)
    } else {
      let place = pick(places)
      var section = data[place.section]?.object ?? [:]
      section[place.key] = pick(Universe.noIds)
      data[place.section] = .object(section)
    }
    event["data"] = .object(data)
  }

  /// A wrong `entityId` or `actorId`, bad only where a rule falls back to it.
  private mutating func spoilFallback(_ event: inout Fields) {
    event[chance(70) ? "entityId" : "actorId"] = pick(Universe.noIds)
    guard chance(70), var data = event["data"]?.object else { return }
    for (name, section) in data {
      guard var fields = section.object else { continue }
      fields["dialogId"] = nil
      fields["messageId"] = nil
      if name == "user" || name == "typing" { fields["userId"] = nil }
      data[name] = .object(fields)
    }
    event["data"] = .object(data)
  }

  /// An event without the sections that its type needs, and without a way to load them.
  private mutating func dropWhatIsNeeded(_ event: inout Fields) {
    var data = event["data"]?.object ?? [:]
    switch below(5) {
    case 0:
      data["dialog"] = nil
      data["context"] = nil
      event["entityType"] = pick([nil, JSON.null, "none"])
    case 1:
      data["message"] = nil
      event["entityId"] = pick([nil, "no such message"])
      data["context"] = nil
    case 2:
      data["user"] = pick([nil, JSON.null, [:], "x", []] as [JSON?])
      data["member"] = pick([nil, JSON.null, [:], "x", []] as [JSON?])
      event["entityId"] = nil
    case 3:
      data["typing"] = pick([nil, JSON.null, [:], ["expiresInMs": 5]] as [JSON?])
      data["userId"] = nil
      event["actorId"] = pick([nil, JSON.null])
    default:
      data["dialog"] = nil
      data["context"] = ["dialogId": "no such dialog", "messageId": "no such message"]
    }
    event["data"] = .object(data)
  }

  /// A message event whose message names another dialog than the dialog section.
  private mutating func wrongDialogEvent() -> Fields {
    let name = pick([
      "message.create", "message.update", "message.status.update", "message.reaction.update",
    ])
    let dialogs = shuffled(Universe.dialogs)
    var event = event(named: name, tenant: tenant(), dialog: dialogs[0])
    var data = event["data"]?.object ?? [:]
    data["dialog"] = ["dialogId": .string(dialogs[0])]
    let strange = message(of: dialogs[1])
    if chance(50) {
      data["message"] = ["messageId": .string(strange), "dialogId": .string(dialogs[1])]
    } else {
      // The message is loaded, but is stored in another dialog. Sometimes the event claims the right one.
      data["message"] = pick([nil, ["dialogId": .string(dialogs[0])]])
      data["context"] = ["messageId": .string(strange)]
    }
    event["data"] = .object(data)
    return event
  }
}
