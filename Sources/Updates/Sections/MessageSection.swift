import BSON

extension LocatedEvent {
  /// The `message` section of a message event (spec section 3.1).
  func messageSection(_ base: MessageBase, dialog: EntityKey, state: StateSnapshot) -> BSONDocument {
    var output = BSONWriter(
      capacity: 512 + (base.carried?.bytes.count ?? 0) + (base.stored?.bytes.count ?? 0))
    output.append("messageId", base.id.string)
    output.append("dialogId", dialog.id.string)
    switch event.type {
    case .messageCreate, .messageUpdate:
      appendFields(of: base, only: nil, except: ["meta", "statuses", "senderInfo"], to: &output)
      appendCompletions(of: base, state: state, to: &output)
    default:
      appendFields(
        of: base, only: ["senderId", "type"],
        except: ["statusUpdate", "reactionUpdate", "statusMessageMatrix"], to: &output)
      appendChange(of: base, state: state, to: &output)
    }
    return output.finish()
  }

  /// Appends the event's fields, then those of the stored message that the event does not have. A null
  /// `senderId` counts as absent.
  private func appendFields(
    of base: MessageBase, only storedKeys: [String]?, except: [String], to output: inout BSONWriter
  ) {
    let own = base.carried ?? .empty
    for element in own where !element.hasKey("messageId") && !element.hasKey("dialogId") {
      if element.hasKey("senderId"), element.isNull, base.stored?.present("senderId") != nil { continue }
      if except.contains(where: element.hasKey) { continue }
      output.append(element)
    }
    guard let record = base.stored else { return }
    let ownSender = own.present("senderId")
    let ownKeys = Set(own.map(\.keyBytes))
    for element in record {
      if ["_id", "__v", "tenantId", "messageId", "dialogId"].contains(where: element.hasKey) { continue }
      if except.contains(where: element.hasKey) { continue }
      if let storedKeys, !storedKeys.contains(where: element.hasKey) { continue }
      if element.hasKey("senderId") ? ownSender != nil : ownKeys.contains(element.keyBytes) { continue }
      output.append(element)
    }
  }

  /// Appends `meta`, `statuses` and `senderInfo`: the event's, or else the stored ones.
  private func appendCompletions(of base: MessageBase, state: StateSnapshot, to output: inout BSONWriter) {
    let own = base.carried?.present("meta")
    let metaKey = MetaKey(tenantId: event.tenantId, entity: .message, entityId: base.id)
    if event.type == .messageUpdate {
      output.open("meta")
      let meta = own == nil ? state.meta(metaKey) : own?.document ?? .empty
      for element in meta where !element.hasKey("updated") { output.append(element) }
      output.append("updated", true)
      output.close()
    } else if let own {
      output.append(own)
    } else {
      output.append("meta", state.meta(metaKey))
    }

    if let statuses = base.carried?.present("statuses") {
      output.append(statuses)
    } else {
      appendStatuses(state.statuses[EntityKey(tenantId: event.tenantId, id: base.id)] ?? [], to: &output)
    }

    if let senderInfo = base.carried?.present("senderInfo") {
      output.append(senderInfo)
    } else if let senderId, let info = senderInfo(of: senderId, state: state) {
      output.append("senderInfo", info)
    } else {
      output.appendNull("senderInfo")
    }
  }

  private func appendStatuses(_ records: [BSONDocument], to output: inout BSONWriter) {
    output.open("statuses", as: .array)
    for (index, record) in records.enumerated() {
      output.open(String(index))
      for field in ["userId", "status", "createdAt"] { output.append(field, valueOf: record[field]) }
      for field in ["readAt", "deliveredAt"] {
        if let time = record.present(field) { output.append(field, valueOf: time) }
      }
      output.close()
    }
    output.close()
  }

  private func senderInfo(of senderId: Identifier, state: StateSnapshot) -> BSONDocument? {
    let record = state.user(event.tenantId, senderId)
    let meta = state.meta(MetaKey(tenantId: event.tenantId, entity: .user, entityId: senderId))
    if record == nil && meta.isEmpty { return nil }
    var output = BSONWriter()
    output.append("userId", senderId.string)
    output.append("name", valueOf: record?["name"])
    output.append("createdAt", valueOf: record?["createdAt"])
    output.append("meta", meta)
    return output.finish()
  }

  /// Appends `statusUpdate` with `statusMessageMatrix`, or `reactionUpdate`. What the event carries of the
  /// other kind stays as it is.
  private func appendChange(of base: MessageBase, state: StateSnapshot, to output: inout BSONWriter) {
    let isStatus = event.type == .statusUpdate
    appendChange("statusUpdate", legacy: ("status", "newStatus", "oldStatus"), isOwn: isStatus, to: &output)
    if isStatus {
      if let matrix = event.carried("statusMessageMatrix") {
        output.append(matrix)
      } else {
        let key = EntityKey(tenantId: event.tenantId, id: base.id)
        let counts = state.statusCounts[StatusCountKey(message: key, senderId: base.knownSenderId)]
        appendMatrix(counts ?? [], to: &output)
      }
    } else if let matrix = event.message?["statusMessageMatrix"] {
      output.append(matrix)
    }
    appendChange(
      "reactionUpdate", legacy: ("reaction", "reaction", "oldReaction"), isOwn: !isStatus, to: &output)
  }

  private func appendChange(
    _ name: String, legacy: (field: String, new: String, old: String), isOwn: Bool,
    to output: inout BSONWriter
  ) {
    if let change = isOwn ? event.carried(name) : event.message?[name] {
      output.append(change)
    } else if isOwn, let userId = event.legacyUserId {
      output.open(name)
      output.append("userId", userId.string)
      output.append(legacy.field, valueOf: event.data[legacy.new])
      output.append(legacy.old, valueOf: event.data[legacy.old])
      output.close()
    } else if let null = event.message?[name] {
      output.append(null)
    }
  }

  /// Appends the counts sorted by the bytes of `userType`, then of `status`; null comes first.
  private func appendMatrix(_ counts: [StatusCount], to output: inout BSONWriter) {
    func bytes(_ text: String?) -> [UInt8] { text.map { [1] + Array($0.utf8) } ?? [0] }
    let sorted = counts.map { (key: [bytes($0.userType), bytes($0.status)], count: $0) }.sorted {
      $0.key[0] == $1.key[0]
        ? $0.key[1].lexicographicallyPrecedes($1.key[1]) : $0.key[0].lexicographicallyPrecedes($1.key[0])
    }
    output.open("statusMessageMatrix", as: .array)
    for (index, entry) in sorted.enumerated() {
      output.open(String(index))
      output.append("userType", entry.count.userType)
      output.append("status", entry.count.status)
      output.append("count", Int64(entry.count.count))
      output.close()
    }
    output.close()
  }
}
