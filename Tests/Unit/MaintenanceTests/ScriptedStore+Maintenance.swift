package import BSON
package import Maintenance
import Pipeline
package import ScriptedEnds
package import Updates

extension ScriptedStore: UpdateBacklog {
  package func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate] {
    try reading.strike()
    let found = updates.filter { update in
      !update.isPublished && update.createdAt < before && after.map { update.createdAt > $0 } ?? true
    }.sorted { $0.createdAt < $1.createdAt }
    let last = found.prefix(limit).last?.createdAt
    return found.filter { $0.createdAt <= last ?? before }
  }
}

extension ScriptedStore: UpdateRecords {
  /// What an update is for.
  private struct Purpose: Hashable {
    let event: EventKey
    let userId: Identifier
    let eventType: String
  }

  package func stored(among updates: [Update]) async throws -> [Int: Bool] {
    try reading.strike()
    var known: [Purpose: Bool] = [:]
    for record in records {
      guard let tenantId = record["tenantId"]?.string, let eventId = record["eventId"]?.objectId,
        let userId = record["userId"]?.string, let eventType = record["eventType"]?.string
      else { continue }
      let event = EventKey(tenantId: Identifier(tenantId), eventId: eventId)
      known[Purpose(event: event, userId: Identifier(userId), eventType: eventType)] =
        StoredUpdate.isPublished(record)
    }
    var found: [Int: Bool] = [:]
    for (index, update) in updates.enumerated() {
      let content = update.content
      let event = EventKey(tenantId: content.tenantId, eventId: content.eventId)
      found[index] = known[Purpose(event: event, userId: update.userId, eventType: content.eventType)]
    }
    return found
  }

  package func updates(of events: Set<EventKey>) async throws -> any RecordStream {
    try reading.strike()
    let ids = Set(events.map(\.eventId))
    return MemoryStream(records.filter { $0["eventId"]?.objectId.map(ids.contains) ?? false })
  }

  package func recipients(
    after: EntityKey?, of tenantId: Identifier?, limit: Int
  ) async throws -> [EntityKey] {
    try reading.strike()
    let users = Set(updates.map { EntityKey(tenantId: $0.tenantId, id: $0.userId) })
    let found = users.filter { user in
      (tenantId.map { $0 == user.tenantId } ?? true) && after.map { Self.precedes($0, user) } ?? true
    }
    return Array(found.sorted(by: Self.precedes).prefix(limit))
  }

  private static func precedes(_ left: EntityKey, _ right: EntityKey) -> Bool {
    (left.tenantId, left.id) < (right.tenantId, right.id)
  }

  package func latestStatistics(of users: [EntityKey]) async throws -> [EntityKey: StoredUpdate] {
    var latest: [EntityKey: StoredUpdate] = [:]
    for update in updates where update.eventType == EventType.derivedStatistics {
      let user = EntityKey(tenantId: update.tenantId, id: update.userId)
      guard users.contains(user), update.createdAt >= latest[user]?.createdAt ?? 0 else { continue }
      latest[user] = update
    }
    return latest
  }
}

extension ScriptedStore: UpdateDisposal {
  private func published(for users: [Identifier], of tenantId: Identifier, before createdAt: Double)
    -> [StoredUpdate]
  {
    let users = Set(users)
    return updates.filter { update in
      update.isPublished && update.tenantId == tenantId && update.createdAt < createdAt
        && users.contains(update.userId)
    }
  }

  package func published(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double, limit: Int
  ) async throws -> [ObjectId] {
    try reading.strike()
    return published(for: users, of: tenantId, before: createdAt).prefix(limit).map(\.id)
  }

  package func countPublished(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double
  ) async throws -> Int {
    published(for: users, of: tenantId, before: createdAt).count
  }

  package func delete(_ ids: [ObjectId]) async throws -> Int {
    journal.note("delete", "\(ids.count)")
    let (ids, before) = (Set(ids), records.count)
    remove { ids.contains($0.id) && $0.isPublished }
    return before - records.count
  }
}
