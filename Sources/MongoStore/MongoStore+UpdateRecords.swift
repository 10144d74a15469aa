package import Maintenance
import BSON
import Pipeline
package import Updates

extension MongoStore: UpdateRecords {
  // Looks for the `_id`s; only updates that are not found that way are looked for by event, recipient and
  // type.
  package func stored(among updates: [Update]) async throws -> [Int: Bool] {
    var found: [Int: Bool] = [:]
    let indexes = Dictionary(updates.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let byId = Find.slices(indexes.keys).map { ids in
      var filter = BSONWriter(capacity: 64 + ids.count * 20)
      filter.append("_id", anyOf: ids)
      return Find(
        Self.updates, filter: filter.finish(), fields: ["_id", "published"], batchSize: ids.count + 1)
    }
    for record in try await connections.run({ try $0.all(byId) }) {
      guard let id = record["_id"]?.objectId, let index = indexes[id] else { continue }
      found[index] = StoredUpdate.isPublished(record)
    }
    for (index, isPublished) in try await foreign(
      updates, indices: updates.indices.filter { found[$0] == nil })
    {
      found[index] = isPublished
    }
    return found
  }

  /// Those of the updates that other programs stored, under `_id`s of their own.
  private func foreign(_ updates: [Update], indices: [Int]) async throws -> [Int: Bool] {
    let byTenant = Dictionary(grouping: indices) { updates[$0].content.tenantId }
    let finds = byTenant.flatMap { tenant, indices in
      Find.slices(indices).map { slice in
        let filter = BSONDocument.filter(tenant: tenant) { filter in
          filter.append("eventId", anyOf: Set(slice.map { updates[$0].content.eventId }))
          filter.append("userId", anyOf: Set(slice.map { updates[$0].userId }))
        }
        return Find(
          Self.updates, filter: filter, fields: ["tenantId", "eventId", "userId", "eventType", "published"],
          batchSize: 1000)
      }
    }
    var indexes: [UpdatePurpose: Int] = [:]
    for index in indices { indexes[UpdatePurpose(updates[index])] = index }
    var found: [Int: Bool] = [:]
    for record in try await connections.run({ try $0.all(finds) }) {
      guard let purpose = UpdatePurpose(record), let index = indexes[purpose] else { continue }
      found[index] = StoredUpdate.isPublished(record)
    }
    return found
  }

  package func updates(of events: Set<EventKey>) async throws -> any RecordStream {
    // Events of different tenants may have the same identity, so the query can also find updates of events
    // that were not asked for. The caller skips those.
    var filter = BSONWriter()
    filter.open("tenantId")
    filter.append("$in", strings: Set(events.map(\.tenantId)).map(\.string))
    filter.close()
    filter.append("eventId", anyOf: Set(events.map(\.eventId)))
    return try await connections.stream(Find.updates(filter.finish(), sort: [], batchSize: 1000))
  }

  // Goes through the index on tenant, user and time from user to user: one small look-up for each user,
  // however many updates there are.
  package func recipients(
    after: EntityKey?, of tenantId: Identifier?, limit: Int
  ) async throws -> [EntityKey] {
    try await connections.run { client in
      var users: [EntityKey] = []
      var tenant = after?.tenantId ?? tenantId
      var user = after?.id
      while users.count < limit {
        guard let current = tenant else {
          tenant = try client.nextTenant(after: nil)
          if tenant == nil { break }
          continue
        }
        if let next = try client.nextUser(of: current, after: user) {
          users.append(EntityKey(tenantId: current, id: next))
          user = next
        } else if tenantId == nil, let other = try client.nextTenant(after: current) {
          (tenant, user) = (other, nil)
        } else {
          break
        }
      }
      return users
    }
  }

  package func latestStatistics(of users: [EntityKey]) async throws -> [EntityKey: StoredUpdate] {
    try await connections.run { client in
      var latest: [EntityKey: StoredUpdate] = [:]
      for user in users {
        let filter = BSONDocument.filter(tenant: user.tenantId) { filter in
          filter.append("userId", user.id.string)
          filter.append("eventType", EventType.derivedStatistics)
        }
        let find = Find.updates(filter, sort: [("createdAt", -1)], limit: 1)
        try client.forEach(find) { latest[user] = StoredUpdate($0) }
      }
      return latest
    }
  }
}

extension MongoClient {
  func nextTenant(after tenant: Identifier?) throws -> Identifier? {
    var filter = BSONWriter()
    filter.append("tenantId", after: tenant)
    return try next("tenantId", filter.finish())
  }

  fileprivate func nextUser(of tenant: Identifier, after user: Identifier?) throws -> Identifier? {
    try next("userId", .filter(tenant: tenant) { $0.append("userId", after: user) })
  }

  private func next(_ field: String, _ filter: BSONDocument) throws -> Identifier? {
    var found: Identifier?
    // Sorted in the order of the index.
    let find = Find(
      MongoStore.updates, filter: filter, fields: [field],
      sort: [("tenantId", 1), ("userId", 1), ("createdAt", 1)], limit: 1)
    try forEach(find) { found = $0.identifier(field) }
    return found
  }
}

extension BSONWriter {
  /// The field is a string greater than `value`; greater than the empty string when `value` is `nil`.
  fileprivate mutating func append(_ field: String, after value: Identifier?) {
    open(field)
    append("$gt", value?.string ?? "")
    close()
  }
}

/// What an update is for, whatever its `_id`.
private struct UpdatePurpose: Hashable {
  let tenantId: Identifier
  let eventId: ObjectId
  let userId: Identifier
  let eventType: String

  init(_ update: Update) {
    tenantId = update.content.tenantId
    eventId = update.content.eventId
    userId = update.userId
    eventType = update.content.eventType
  }

  init?(_ record: BSONDocument) {
    guard let tenantId = record.identifier("tenantId"), let eventId = record["eventId"]?.objectId,
      let userId = record.identifier("userId"), let eventType = record["eventType"]?.string
    else { return nil }
    (self.tenantId, self.eventId, self.userId, self.eventType) = (tenantId, eventId, userId, eventType)
  }
}

extension MongoClient {
  fileprivate func all(_ finds: [Find]) throws -> [BSONDocument] {
    var records: [BSONDocument] = []
    for find in finds { try forEach(find) { records.append($0) } }
    return records
  }
}
