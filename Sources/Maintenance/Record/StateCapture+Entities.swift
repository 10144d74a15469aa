import BSON
import Pipeline
import Updates

/// Users, dialogs, messages and metas.
extension StateCapture {
  func updateUsers(_ notes: StateNotes) async throws {
    for (tenantId, ids) in notes.users.byTenant {
      var seen: Set<EntityKey> = []
      try await forEach(.users(ids), of: tenantId) { record in
        guard let key = record.key("userId", of: tenantId, among: notes.users), seen.insert(key).inserted
        else { return }
        let digest = RecordDigest(record)
        if recorded.users.updateValue(digest, forKey: key) != digest {
          try await upsert(record, in: .users)
        }
      }
      for id in ids {
        let key = EntityKey(tenantId: tenantId, id: id)
        guard !seen.contains(key), recorded.users.removeValue(forKey: key) != nil else { continue }
        try await delete([("tenantId", tenantId.string), ("userId", id.string)], from: .users)
      }
    }
  }

  func updateDialogs(_ notes: StateNotes) async throws {
    for (tenantId, ids) in notes.dialogs.byTenant {
      var seen: Set<EntityKey> = []
      try await forEach(.dialogs(ids), of: tenantId) { record in
        guard let key = record.key("dialogId", of: tenantId, among: notes.dialogs), seen.insert(key).inserted
        else { return }
        let digest = RecordDigest(record)
        if recorded.dialogs.updateValue(digest, forKey: key) != digest {
          try await upsert(record, in: .dialogs)
        }
      }
      for id in ids {
        let key = EntityKey(tenantId: tenantId, id: id)
        guard !seen.contains(key), recorded.dialogs.removeValue(forKey: key) != nil else { continue }
        try await delete([("tenantId", tenantId.string), ("dialogId", id.string)], from: .dialogs)
      }
    }
  }

  /// Messages that were looked up, and those that were counted. A message that the recording counts and the
  /// database does not may be gone, be in another dialog or have another time: it is looked up by itself.
  func updateMessages(_ notes: StateNotes) async throws {
    var wanted = notes.messages
    var seen: Set<EntityKey> = []
    for (tenantId, dialogs) in Dictionary(grouping: notes.newerMessages.keys, by: \.tenantId) {
      let since = dialogs.compactMap { notes.newerMessages[$0] }.min() ?? 0
      try await forEach(.newerMessages(dialogs.map(\.id), since: since), of: tenantId) { record in
        guard let id = record.identifier("messageId") else { return }
        try await take(record, EntityKey(tenantId: tenantId, id: id), &seen)
      }
    }
    for (dialog, since) in notes.newerMessages {
      wanted.formUnion(recorded.messages(of: dialog, since: since))
    }
    wanted.subtract(seen)
    for (tenantId, ids) in wanted.byTenant {
      try await forEach(.messages(ids), of: tenantId) { record in
        guard let key = record.key("messageId", of: tenantId, among: wanted) else { return }
        try await take(record, key, &seen)
      }
    }
    for key in wanted where !seen.contains(key) && recorded.messages[key] != nil {
      recorded.set(key, nil)
      try await delete([("tenantId", key.tenantId.string), ("messageId", key.id.string)], from: .messages)
    }
  }

  private func take(_ record: BSONDocument, _ key: EntityKey, _ seen: inout Set<EntityKey>) async throws {
    guard seen.insert(key).inserted else { return }
    let digest = RecordDigest(record)
    guard recorded.messages[key]?.digest != digest else { return }
    let dialog = record.identifier("dialogId").map { EntityKey(tenantId: key.tenantId, id: $0) }
    recorded.set(
      key,
      RecordedState.Message(digest: digest, dialog: dialog, createdAt: record["createdAt"]?.number))
    try await upsert(record, in: .messages)
  }

  func updateMetas(_ notes: StateNotes) async throws {
    // Two memberships can share an entityId: dialog `a:b` with user `c`, and dialog `a` with user `b:c`.
    let scopes = Set(
      notes.metas.map {
        RecordedState.MetaScope(tenantId: $0.tenantId, entity: $0.entity, entityId: $0.entityId)
      })
    for tenant in Dictionary(grouping: scopes, by: \.tenantId) {
      for (entity, scopes) in Dictionary(grouping: tenant.value, by: \.entity) {
        try await updateMetas(of: scopes, entity, tenant.key)
      }
    }
  }

  private func updateMetas(
    of scopes: [RecordedState.MetaScope], _ entity: MetaEntity, _ tenantId: Identifier
  ) async throws {
    var seen: [RecordedState.MetaScope: Set<Identifier>] = [:]
    for scope in scopes { seen[scope] = [] }
    try await forEach(.metas(entity, scopes.map(\.entityId)), of: tenantId) { record in
      guard let id = record.identifier("entityId"), let key = record.identifier("key") else { return }
      let scope = RecordedState.MetaScope(tenantId: tenantId, entity: entity, entityId: id)
      guard seen[scope]?.insert(key).inserted == true else { return }
      let digest = RecordDigest(record)
      if recorded.metas[scope, default: [:]].updateValue(digest, forKey: key) != digest {
        try await upsert(record, in: .metas)
      }
    }
    for scope in scopes {
      for key in (recorded.metas[scope] ?? [:]).keys where seen[scope]?.contains(key) != true {
        recorded.metas[scope]?[key] = nil
        try await delete(
          [
            ("tenantId", tenantId.string), ("entityType", entity.rawValue),
            ("entityId", scope.entityId.string), ("key", key.string),
          ], from: .metas)
      }
    }
  }
}

extension BSONDocument {
  /// The key of the record by the id in this field; `nil` when that is not one of those that were asked for:
  /// with a collation of the collection, the database may find ids that differ byte by byte.
  fileprivate func key(_ field: String, of tenantId: Identifier, among asked: Set<EntityKey>) -> EntityKey? {
    guard let id = identifier(field) else { return nil }
    let key = EntityKey(tenantId: tenantId, id: id)
    return asked.contains(key) ? key : nil
  }
}
