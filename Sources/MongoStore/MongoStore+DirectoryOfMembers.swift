package import BSON
package import Pipeline
package import Updates

/// The look-ups in `dialogmembers`.
extension MongoStore {
  private static let members = RecordCollection.dialogmembers
  static let memberFields = ["userId", "unreadCount", "lastSeenAt", "lastMessageAt", "isActive"]
  /// Pairs of dialog and user per query, which finds at most the square of this number.
  private static let mostPairs = 100

  package func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument] {
    if keys.isEmpty { return [:] }
    let finds = Dictionary(grouping: keys, by: \.dialog.tenantId).flatMap { tenant, keys in
      Find.slices(keys, of: Self.mostPairs).map { slice in
        // The query also finds users of one pair in the dialog of another; those records are skipped.
        let filter = BSONDocument.filter(tenant: tenant) { filter in
          filter.append("dialogId", anyOf: Set(slice.map(\.dialog.id)))
          filter.append("userId", anyOf: Set(slice.map(\.userId)))
        }
        return (
          tenant,
          Find(Self.members, filter: filter, fields: ["dialogId"] + Self.memberFields, batchSize: 1000)
        )
      }
    }
    return try await connections.run { client in
      var found: [MemberKey: BSONDocument] = [:]
      for (tenant, find) in finds {
        try client.forEach(find) { record in
          guard let dialog = record.identifier("dialogId"), let user = record.identifier("userId") else {
            return
          }
          let key = MemberKey(dialog: EntityKey(tenantId: tenant, id: dialog), userId: user)
          if keys.contains(key) { found.keepFirst(record, forKey: key) }
        }
      }
      return found
    }
  }

  package func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    if dialogs.isEmpty { return [:] }
    let groups = Dictionary(grouping: dialogs, by: \.tenantId).flatMap { tenant, keys in
      Find.slices(keys.map(\.id)).map { (tenant, $0) }
    }
    return try await connections.run { client in
      var rosters: [EntityKey: RosterBuilder] = [:]
      var room = limit
      for (tenant, ids) in groups {
        let filter = BSONDocument.filter(tenant: tenant) { filter in
          filter.append("dialogId", anyOf: ids)
          filter.appendIsActive()
        }
        let find = Find(
          Self.members, filter: filter, fields: ["dialogId"] + Self.memberFields, limit: room + 1,
          batchSize: room + 2)
        try client.forEach(find) { record in
          room -= 1
          guard let dialog = record.identifier("dialogId") else { return }
          rosters[EntityKey(tenantId: tenant, id: dialog), default: RosterBuilder()].add(record)
        }
        if room < 0 { return nil }
      }
      return rosters.filter { dialogs.contains($0.key) }.mapValues(\.members)
    }
  }

  package func roster(
    of dialog: EntityKey, after user: Identifier?, pageSize: Int
  ) async throws -> any Roster {
    let filter = BSONDocument.filter(tenant: dialog.tenantId) { filter in
      filter.append("dialogId", dialog.id.string)
      if let user {
        filter.open("userId")
        filter.append("$gt", user.string)
        filter.close()
      }
      filter.appendIsActive()
    }
    // Sorted, so that equal ids come together, and so that no change in the meantime hides a member or shows
    // one twice.
    let find = Find(
      Self.members, filter: filter, fields: Self.memberFields, sort: [("userId", 1)], batchSize: pageSize,
      isLargeSort: true)
    return MongoRoster(stream: try await connections.stream(find), pageSize: max(1, pageSize))
  }

  package func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts] {
    if users.isEmpty { return [:] }
    let finds = Dictionary(grouping: users, by: \.tenantId).flatMap { tenant, keys in
      Find.slices(keys.map(\.id)).map { ids in
        let filter = BSONDocument.filter(tenant: tenant) { filter in
          filter.append("userId", anyOf: ids)
          filter.appendIsActive()
        }
        return (
          tenant, Find(Self.members, filter: filter, fields: ["userId", "unreadCount"], batchSize: 5000)
        )
      }
    }
    return try await connections.run { client in
      var counts: [EntityKey: (dialogs: Int, unread: Int)] = [:]
      for (tenant, find) in finds {
        try client.forEach(find) { record in
          guard let id = record.identifier("userId") else { return }
          let isUnread = (record["unreadCount"]?.number ?? 0) > 0
          let key = EntityKey(tenantId: tenant, id: id)
          counts[key, default: (0, 0)].dialogs += 1
          if isUnread { counts[key, default: (0, 0)].unread += 1 }
        }
      }
      return counts.filter { users.contains($0.key) }
        .mapValues { MembershipCounts(dialogs: $0.dialogs, unread: $0.unread) }
    }
  }
}

/// The members of one dialog, each once.
struct RosterBuilder {
  private(set) var members: [Member] = []
  private var ids: Set<Identifier> = []

  mutating func add(_ record: BSONDocument) {
    guard let id = record.identifier("userId"), ids.insert(id).inserted else { return }
    members.append(Member(userId: id, record: record))
  }
}

/// The members of one dialog as they stream in, sorted by their ids. Used by one task.
private actor MongoRoster: Roster {
  private let stream: MongoStream
  private let pageSize: Int
  private var last: Identifier?

  init(stream: MongoStream, pageSize: Int) {
    self.stream = stream
    self.pageSize = pageSize
  }

  func next() async throws -> [Member] {
    while true {
      let records = try await stream.next(pageSize)
      if records.isEmpty { return [] }
      var members: [Member] = []
      members.reserveCapacity(records.count)
      for record in records {
        guard let id = record.identifier("userId"), id != last else { continue }
        last = id
        members.append(Member(userId: id, record: record))
      }
      if !members.isEmpty { return members }
    }
  }
}
