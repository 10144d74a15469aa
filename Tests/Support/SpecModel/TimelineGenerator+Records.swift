extension TimelineGenerator {
  /// A record as an upsert has it.
  mutating func record(_ collection: StateCollection, tenant: String) -> Fields {
    switch collection {
    case .users: userRecord(tenant: tenant)
    case .dialogs: dialogRecord(tenant: tenant, dialog: dialog())
    case .dialogmembers: memberRecord(tenant: tenant, dialog: dialog(), user: user())
    case .messages: messageRecord(tenant: tenant, dialog: dialog())
    case .messagestatuses: statusRecord(tenant: tenant, message: message(of: dialog()))
    case .metas: metaRecord(tenant: tenant)
    case .events: eventRecord(tenant: tenant)
    }
  }

  private mutating func userRecord(tenant: String) -> Fields {
    let given = ExactString(user())
    let userId = chance(60) ? given.trimmedLowerCase : given
    var record: Fields = ["tenantId": .string(tenant), "userId": .string(userId)]
    record["type"] =
      chance(65)
      ? .string(pick(Universe.userTypes))
      : pick([nil, JSON.null, "", 5, [], ["a": 1], true] as [JSON?])
    record["name"] = maybe(70) { .string($0.text()) }
    record["createdAt"] = recordedTime()
    addRecordExtras(to: &record)
    return record
  }

  mutating func dialogRecord(tenant: String, dialog: String) -> Fields {
    var record: Fields = ["tenantId": .string(tenant), "dialogId": .string(dialog)]
    record["name"] = maybe(80) { .string($0.text()) }
    record["createdBy"] = maybe(60) { .string($0.user()) }
    record["createdAt"] = recordedTime()
    record["a.b"] = maybe(5) { $0.value() }
    record["settings"] = maybe(20) { .object($0.oddFields()) }
    record["meta"] = maybe(10) { $0.value() }
    addRecordExtras(to: &record)
    return record
  }

  mutating func memberRecord(tenant: String, dialog: String, user: String) -> Fields {
    let isLonely = ExactString(dialog) == ExactString(Universe.lonelyDialog)
    let userId = isLonely ? Universe.users[0] : user
    var record: Fields = [
      "tenantId": .string(tenant), "dialogId": .string(dialog), "userId": .string(userId),
    ]
    record["unreadCount"] = pick(
      [
        0, 0, 1, 1, 2, 3, 1.0, 2.0, -1, 0.5, 1.5, .integer(.max), "3", true, JSON.null, nil,
        0.0, 1e21,
      ] as [JSON?])
    record["lastSeenAt"] = recordedTime()
    record["lastMessageAt"] = recordedTime()
    record["isActive"] = pick(
      [nil, nil, nil, true, true, false, false, JSON.null, "false", 0] as [JSON?])
    addRecordExtras(to: &record)
    return record
  }

  mutating func messageRecord(tenant: String, dialog: String) -> Fields {
    var record: Fields = [
      "tenantId": .string(tenant), "messageId": .string(message(of: dialog)),
    ]
    record["dialogId"] = .string(chance(95) ? dialog : self.dialog())
    if chance(3) { record["dialogId"] = pick([nil, JSON.null] as [JSON?]) }
    record["senderId"] = id(user(), percent: 93)
    record["type"] = maybe(85) { .string($0.pick(["internal.text", "system.image", ""])) }
    record["content"] = maybe(85) { .string($0.text()) }
    record["quotedMessage"] = maybe(25) { .object($0.oddFields()) }
    record["createdAt"] = recordedTime()
    // The section takes these fields from elsewhere, so those of the record must not be used.
    record["meta"] = maybe(10) { $0.value() }
    record["statuses"] = maybe(10) { $0.value() }
    record["senderInfo"] = maybe(10) { $0.value() }
    addRecordExtras(to: &record)
    return record
  }

  mutating func statusRecord(tenant: String, message: String) -> Fields {
    let userId = user()
    var record: Fields = [
      "tenantId": .string(tenant), "messageId": .string(message), "userId": .string(userId),
    ]
    record["userType"] = pick(["user", "bot", "", "\u{e9}", 5, JSON.null, nil] as [JSON?])
    record["status"] =
      chance(90)
      ? .string(pick(Universe.statuses)) : pick([nil, JSON.null, 5, ["a": 1]] as [JSON?])
    record["createdAt"] = unusedStatusTime([tenant, message, userId].map { ExactString($0) })
    record["readAt"] = pick([nil, nil, time(), JSON.null] as [JSON?])
    record["deliveredAt"] = pick([nil, nil, time(), JSON.null, "x"] as [JSON?])
    addRecordExtras(to: &record)
    return record
  }

  /// A time that no other status record of the same message and user has, because the spec does not order
  /// such records.
  private mutating func unusedStatusTime(_ key: [ExactString]) -> JSON? {
    let wanted = recordedTime()
    var mark: ExactString = "no number"
    switch wanted?.number {
    case .integer(let value): mark = ExactString(Double(value).description)
    case .double(let value): mark = ExactString(value.description)
    case nil: break
    }
    if usedStatusTimes.insert(key + [mark]).inserted { return wanted }
    statusCount += 1
    return .double(1_763_551_400_000.25 + Double(statusCount))
  }

  private mutating func metaRecord(tenant: String) -> Fields {
    let entityType = pick(["user", "dialog", "message", "dialogMember"])
    let dialog = dialog()
    var entityId = dialog
    if entityType == "user" { entityId = user() }
    if entityType == "message" { entityId = message(of: dialog) }
    if entityType == "dialogMember" {
      let users = Universe.users.filter { $0.utf8.count < 200 }
      entityId = dialog + ":" + pick(users)
    }
    var record: Fields = [
      "tenantId": .string(tenant), "entityType": .string(entityType),
      "entityId": .string(entityId), "key": .string(pick(Universe.metaKeys)),
    ]
    record["value"] = maybe(97) { $0.value() }
    if chance(1) { record["value"] = nested(levels: 96) }
    return record
  }

  private mutating func eventRecord(tenant: String) -> Fields {
    let hex = JSON.string(self.hex(digits: 24))
    var record: Fields = ["_id": chance(50) ? hex : ["$oid": hex], "tenantId": .string(tenant)]
    record["data"] = .object(oddFields())
    return record
  }

  /// The fields that MongoDB and mongoose add to records.
  private mutating func addRecordExtras(to record: inout Fields) {
    record["_id"] = maybe(15) { ["$oid": .string($0.hex(digits: 24))] }
    record["__v"] = maybe(15) { _ in 0 }
    record["extra"] = maybe(10) { $0.value() }
  }
}
