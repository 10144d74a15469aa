import BSON
import Pipeline
import Updates

extension MongoStore: UpdateLedger {
  /// The stored updates of events, in any order.
  public func updates(of events: Set<EventKey>) async throws -> any RecordStream {
    // Of one tenant's event another tenant may have one of the same identity: those are passed over by the caller.
    var filter = BSONWriter()
    filter.open("tenantId")
    filter.append("$in", strings: Set(events.map(\.tenantId)).map(\.string))
    filter.close()
    filter.append("eventId", anyOf: Set(events.map(\.eventId)))
    return try await workers.stream(Find.updates(filter.finish(), sort: [], batch: 1000))
  }

  /// Users who have stored updates, by tenant, then user, from behind `after`, at most `limit`.
  ///
  /// Goes through the index on tenant, user and time from user to user: one small look-up for each, however many
  /// updates there are.
  public func recipients(
    after: EntityKey?, of tenantId: Identifier?, limit: Int
  ) async throws -> [EntityKey] {
    try await workers.run { client in
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

  /// The newest UserStatsUpdate of each of these users who has one.
  public func latestStatistics(of users: [EntityKey]) async throws -> [EntityKey: StoredUpdate] {
    try await workers.run { client in
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
  fileprivate func nextTenant(after tenant: Identifier?) throws -> Identifier? {
    var filter = BSONWriter()
    filter.append("tenantId", after: tenant)
    return try next("tenantId", filter.finish())
  }

  fileprivate func nextUser(of tenant: Identifier, after user: Identifier?) throws -> Identifier? {
    try next("userId", .filter(tenant: tenant) { $0.append("userId", after: user) })
  }

  private func next(_ field: String, _ filter: BSONDocument) throws -> Identifier? {
    var found: Identifier?
    // Sorted as the index is.
    let find = Find(
      MongoStore.updates, filter: filter, fields: [field],
      sort: [("tenantId", 1), ("userId", 1), ("createdAt", 1)], limit: 1)
    try forEach(find) { found = $0.identifier(field) }
    return found
  }
}

extension BSONWriter {
  /// The field holds a text, one that is greater than `value`.
  fileprivate mutating func append(_ field: String, after value: Identifier?) {
    open(field)
    append("$gt", value?.string ?? "")
    close()
  }
}
