/// What MongoDB holds (§2), as plain lists.
struct State {
  private var records: [StateCollection: [StateChange.Record]] = [:]

  /// Applies a state line (§9).
  mutating func apply(_ change: StateChange) {
    for record in change.records {
      var list = records[record.collection] ?? []
      if change.isDelete {
        list.removeAll { $0.key == record.key }
      } else if record.collection == .messagestatuses {
        list.append(record)
      } else if let index = list.firstIndex(where: { $0.key == record.key }) {
        list[index] = record
      } else {
        list.append(record)
      }
      records[record.collection] = list
    }
  }

  /// All records of a tenant whose fields have these values.
  private func all(
    _ collection: StateCollection, tenant: ExactString, _ wanted: [ExactString: ExactString]
  ) -> [Fields] {
    (records[collection] ?? []).lazy.map(\.fields).filter { record in
      record["tenantId"]?.string == tenant
        && wanted.allSatisfy { record[$0.key]?.string == $0.value }
    }
  }

  /// The users record of the id, or else of its trimmed lower-case form.
  func user(_ userId: ExactString, tenant: ExactString) -> Fields? {
    all(.users, tenant: tenant, ["userId": userId]).first
      ?? all(.users, tenant: tenant, ["userId": userId.trimmedLowerCase]).first
  }

  func dialog(_ dialogId: ExactString, tenant: ExactString) -> Fields? {
    all(.dialogs, tenant: tenant, ["dialogId": dialogId]).first
  }

  func message(_ messageId: ExactString, tenant: ExactString) -> Fields? {
    all(.messages, tenant: tenant, ["messageId": messageId]).first
  }

  func messages(ofDialog dialogId: ExactString, tenant: ExactString) -> [Fields] {
    all(.messages, tenant: tenant, ["dialogId": dialogId])
  }

  /// The status history of a message, in the order in which it was written.
  func statuses(ofMessage messageId: ExactString, tenant: ExactString) -> [Fields] {
    all(.messagestatuses, tenant: tenant, ["messageId": messageId])
  }

  func member(_ userId: ExactString, dialog: ExactString, tenant: ExactString) -> Fields? {
    all(.dialogmembers, tenant: tenant, ["dialogId": dialog, "userId": userId]).first
  }

  /// The active members of a dialog: `isActive` is not `false`.
  func activeMembers(ofDialog dialogId: ExactString, tenant: ExactString) -> [Fields] {
    all(.dialogmembers, tenant: tenant, ["dialogId": dialogId]).filter(isActive)
  }

  /// The active memberships of a user.
  func activeMemberships(ofUser userId: ExactString, tenant: ExactString) -> [Fields] {
    all(.dialogmembers, tenant: tenant, ["userId": userId]).filter(isActive)
  }

  private func isActive(_ member: Fields) -> Bool {
    member["isActive"] != .bool(false)
  }

  /// The meta object of an entity: `{key: value}` over its metas records.
  func meta(_ entityType: ExactString, _ entityId: ExactString, tenant: ExactString) -> Fields {
    var meta = Fields()
    for record in all(.metas, tenant: tenant, ["entityType": entityType, "entityId": entityId]) {
      guard let key = record["key"]?.string else { continue }
      meta[key] = record["value"] ?? .null
    }
    return meta
  }
}
