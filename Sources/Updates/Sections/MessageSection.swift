import BSON

/// The `message` section of a message that was created or updated (spec section 3.1): completed where the event is
/// silent.
struct MessageSection: SharedSection {
  static var section: Rule.Section { .message }

  let event: Event
  let message: LocatedMessage

  private var messageKey: EntityKey { EntityKey(tenantId: event.tenantId, id: message.id) }
  private var metaKey: MetaKey {
    MetaKey(tenantId: event.tenantId, entity: .message, entityId: message.id)
  }

  private func senderMetaKey(_ senderId: Identifier) -> MetaKey {
    MetaKey(tenantId: event.tenantId, entity: .user, entityId: senderId)
  }

  func addNeeds(to needs: inout EventNeeds) {
    if !message.carries("statuses") { needs.statuses.insert(messageKey) }
  }

  func addNeeds(to needs: inout ProfileNeeds) {
    if !message.carries("meta") { needs.metas.insert(metaKey) }
    if !message.carries("senderInfo"), let senderId = message.senderId {
      needs.addUser(event.tenantId, senderId)
      needs.metas.insert(senderMetaKey(senderId))
    }
  }

  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument {
    var output = message.beginSection()
    message.appendFields(only: nil, except: ["meta", "statuses", "senderInfo"], to: &output)
    appendCompletions(state: state, profiles: profiles, to: &output)
    return output.finish()
  }

  /// Appends `meta`, `statuses` and `senderInfo`: the event's, or else the stored ones.
  private func appendCompletions(state: EventState, profiles: Profiles, to output: inout BSONWriter) {
    let own = message.carried?.present("meta")
    if event.type == .messageUpdate {
      output.open("meta")
      let meta = own == nil ? profiles.meta(metaKey) : own?.document ?? .empty
      for element in meta where !element.hasKey("updated") { output.append(element) }
      output.append("updated", true)
      output.close()
    } else if let own {
      output.append(own)
    } else {
      output.append("meta", profiles.meta(metaKey))
    }

    if let statuses = message.carried?.present("statuses") {
      output.append(statuses)
    } else {
      appendStatuses(state.statuses[messageKey] ?? [], to: &output)
    }

    if let senderInfo = message.carried?.present("senderInfo") {
      output.append(senderInfo)
    } else if let senderId = message.senderId, let info = senderInfo(of: senderId, profiles: profiles) {
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

  private func senderInfo(of senderId: Identifier, profiles: Profiles) -> BSONDocument? {
    let record = profiles.user(event.tenantId, senderId)
    let meta = profiles.meta(senderMetaKey(senderId))
    if record == nil && meta.isEmpty { return nil }
    var output = BSONWriter()
    output.append("userId", senderId.string)
    output.append("name", valueOf: record?["name"])
    output.append("createdAt", valueOf: record?["createdAt"])
    output.append("meta", meta)
    return output.finish()
  }
}
