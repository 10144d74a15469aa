package import BSON
import Pipeline
package import Updates

/// The look-ups by id. Each runs on one connection; look-ups at the same time are spread over several.
extension MongoStore: Directory {
  package func messages(
    _ keys: [EntityKey: MessageDetail]
  ) async throws -> [EntityKey: BSONDocument] {
    var found: [EntityKey: BSONDocument] = [:]
    for detail in [MessageDetail.position, .content] {
      let asked = keys.filter { $0.value == detail }.map(\.key)
      let fields = detail == .position ? ["messageId", "dialogId", "senderId", "createdAt"] : []
      found.merge(try await entities(.messages, "messageId", Set(asked), fields: fields)) { first, _ in first
      }
    }
    return found
  }

  package func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await entities(.dialogs, "dialogId", keys, fields: [])
  }

  package func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await entities(.users, "userId", keys, fields: ["userId", "type", "name", "createdAt"])
  }

  /// Records of a collection by the field that identifies them within a tenant.
  private func entities(
    _ collection: RecordCollection, _ field: String, _ keys: Set<EntityKey>, fields: [String]
  ) async throws -> [EntityKey: BSONDocument] {
    if keys.isEmpty { return [:] }
    let finds = Dictionary(grouping: keys, by: \.tenantId).map { tenant, keys in
      (tenant, Find.byId(collection, tenant: tenant, field, in: keys.map(\.id), fields: fields))
    }
    return try await connections.run { client in
      var found: [EntityKey: BSONDocument] = [:]
      found.reserveCapacity(keys.count)
      for (tenant, finds) in finds {
        for find in finds {
          try client.forEach(find) { record in
            guard let id = record.identifier(field) else { return }
            let key = EntityKey(tenantId: tenant, id: id)
            // A collation of the collection may also find ids that differ byte by byte.
            if keys.contains(key) { found.keepFirst(record, forKey: key) }
          }
        }
      }
      return found
    }
  }

  /// Meta objects `{key: value}` of entities that have any, with their keys in the order of their bytes.
  package func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument] {
    if keys.isEmpty { return [:] }
    let scopes = Dictionary(grouping: keys) { MetaScope(tenantId: $0.tenantId, entity: $0.entity) }
    let queries = scopes.map { scope, keys in
      let finds = Find.byId(
        .metas, tenant: scope.tenantId, where: [("entityType", scope.entity.rawValue)],
        "entityId", in: keys.map(\.entityId), fields: ["entityId", "key", "value"])
      return (keys: keys, finds: finds)
    }
    return try await connections.run { client in
      var found: [MetaKey: BSONDocument] = [:]
      for query in queries {
        var objects: [Identifier: MetaObject] = [:]
        for find in query.finds {
          try client.forEach(find) { record in
            guard let id = record.identifier("entityId") else { return }
            objects[id, default: MetaObject()].add(record)
          }
        }
        // Most members have none.
        if objects.isEmpty { continue }
        // Two memberships can share an entityId: dialog `a:b` with user `c`, and dialog `a` with user `b:c`.
        let keys = Dictionary(grouping: query.keys, by: \.entityId)
        for (id, object) in objects {
          let document = object.document()
          for key in keys[id] ?? [] { found[key] = document }
        }
      }
      return found
    }
  }
}

/// What the look-ups that go into one query have in common.
private struct MetaScope: Hashable {
  let tenantId: Identifier
  let entity: MetaEntity
}

/// The meta object of one entity, built up as its records come in.
private struct MetaObject {
  private var values: [Identifier: BSONDocument] = [:]

  /// Adds a record of `metas`; of records with the same key the last one counts. A record whose key is not a
  /// string, or cannot be a key in BSON, is skipped.
  mutating func add(_ record: BSONDocument) {
    guard let key = record["key"]?.stringBytes, !key.contains(0) else { return }
    values[Identifier(String(decoding: key, as: UTF8.self))] = record
  }

  func document() -> BSONDocument {
    var output = BSONWriter()
    for (key, record) in values.sorted(by: { $0.key < $1.key }) {
      output.append(key.string, valueOf: record["value"])
    }
    return output.finish()
  }
}

extension Dictionary {
  /// Adds a value, unless the key has one already.
  mutating func keepFirst(_ value: Value, forKey key: Key) {
    // Most keys come once, and this looks for them once.
    if let earlier = updateValue(value, forKey: key) { self[key] = earlier }
  }
}
