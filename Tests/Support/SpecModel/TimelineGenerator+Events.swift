extension TimelineGenerator {
  mutating func event() -> Fields {
    let known = EventType.allCases.map(\.rawValue)
    let name = chance(94) ? pick(known) : pick(Universe.ignoredTypes)
    return event(named: name, tenant: tenant(), dialog: dialog())
  }

  mutating func event(named name: String, tenant: String, dialog: String) -> Fields {
    var event = envelope(named: name, tenant: tenant)
    var data = Fields()
    switch EventType(named: ExactString(name)) {
    case .userAdd, .userUpdate, .userRemove:
      addUserParts(&event, &data)
    case .memberAdd, .memberRemove, .memberUpdate:
      addMemberParts(&event, &data, dialog: dialog)
    case .messageCreate, .messageUpdate, .statusUpdate, .reactionUpdate, nil:
      addMessageParts(&event, &data, dialog: dialog)
    case .typing:
      addTypingParts(&event, &data, dialog: dialog)
    case .dialogCreate, .dialogUpdate, .dialogDelete:
      event["entityType"] = "dialog"
      event["entityId"] = id(dialog, percent: 93)
      data["member"] = maybe(20) { .object($0.memberFields(user: $0.user())) }
    }
    if !name.hasPrefix("user.") {
      data["dialog"] = dialogSection(tenant: tenant, dialog: dialog)
    }
    let messageId = event["entityId"]?.string?.text ?? "none"
    data["context"] = contextSection(event: name, dialog: dialog, message: messageId)
    data["actor"] = maybe(40) { ["actorId": .string($0.user()), "actorType": "api"] }
    data["delta"] = data["delta"] ?? maybe(10) { .object($0.oddFields()) }
    event["data"] = section(data, spoiled: 2)
    return event
  }

  private mutating func envelope(named name: String, tenant: String) -> Fields {
    var event: Fields = ["tenantId": .string(tenant), "eventType": .string(name)]
    identify(&event)
    event["actorId"] = id(user(), percent: 85)
    event["actorType"] = maybe(60) { _ in "user" }
    event["createdAt"] =
      chance(90) ? time() : pick([nil, JSON.null, 0, 1e21, .integer(.min)] as [JSON?])
    event["routing"] = maybe(5) { $0.value() }
    return event
  }

  /// A new identity, in one of its forms.
  mutating func identify(_ event: inout Fields) {
    let hex = JSON.string(self.hex(digits: 24))
    event["eventId"] = .string("evt_" + self.hex(digits: 32))
    switch below(10) {
    case 0, 1: event["_id"] = ["$oid": hex]
    case 2: event["_id"] = nil
    case 3: event["_id"] = .null
    default:
      event["_id"] = hex
      if chance(25) { event["eventId"] = pick([nil, JSON.null, "evt_1", 5] as [JSON?]) }
    }
  }

  private mutating func addUserParts(_ event: inout Fields, _ data: inout Fields) {
    let userId = user()
    event["entityType"] = "user"
    event["entityId"] = id(userId, percent: 92)
    var user = Fields()
    user["userId"] = id(userId, percent: 85)
    user["type"] = pick(["bot", "agent.x", "user", "", 5, nil, JSON.null] as [JSON?])
    user["name"] = maybe(50) { .string($0.text()) }
    user["meta"] = meta()
    user["stats"] = maybe(5) { $0.value() }
    addExtras(to: &user)
    data["user"] = section(user, spoiled: 5)
  }

  private mutating func addMemberParts(
    _ event: inout Fields, _ data: inout Fields, dialog: String
  ) {
    let userId = user()
    event["entityType"] = "dialogMember"
    event["entityId"] = id(chance(90) ? dialog : dialog + ":" + userId, percent: 93)
    var member = memberFields(user: userId)
    if chance(3) { member["userId"] = pick([nil, JSON.null]) }
    data["member"] = section(member, spoiled: 3)
    data["delta"] = maybe(40) { ["unreadCount": $0.unreadDelta()] }
  }

  private mutating func unreadDelta() -> JSON {
    pick([
      ["from": 2, "to": 0], ["from": 1, "to": 1], ["from": 1, "to": 1.0], ["to": .null],
      ["to": 0], ["from": 3], [:], ["from": "1", "to": 1], .null, 5, [],
      ["from": ["a": 1, "b": [2.0]], "to": ["b": [2], "a": 1.0]], ["from": 0, "to": -0.0],
      ["from": .integer((1 << 53) + 1), "to": 9_007_199_254_740_992.0],
      ["from": "\u{e9}", "to": "e\u{301}"], ["from": false, "to": 0],
    ])
  }

  private mutating func addTypingParts(
    _ event: inout Fields, _ data: inout Fields, dialog: String
  ) {
    let userId = user()
    event["entityType"] = "dialog"
    event["entityId"] = id(dialog, percent: 93)
    if chance(25) {
      data["userId"] = id(userId, percent: 70)
      data["expiresInMs"] = pick([3000, JSON.null, nil, 0, "soon"] as [JSON?])
      data["timestamp"] = pick([time(), JSON.null, nil] as [JSON?])
      if chance(20) { data["typing"] = [:] }
      return
    }
    var typing = Fields()
    typing["userId"] = id(userId, percent: 80)
    typing["expiresInMs"] = pick([5000, 0, 2.5, JSON.null, nil, "x"] as [JSON?])
    typing["timestamp"] = pick([time(), time(), JSON.null, nil] as [JSON?])
    typing["userInfo"] = pick([["name": "A"], JSON.null, nil, 5, [:]] as [JSON?])
    addExtras(to: &typing)
    data["typing"] = section(typing, spoiled: 6)
    data["userId"] = maybe(10) { .string($0.user()) }
    data["member"] = maybe(15) { .object($0.memberFields(user: $0.user())) }
  }
}
