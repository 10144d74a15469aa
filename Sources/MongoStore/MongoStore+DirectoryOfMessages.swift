package import BSON
import Pipeline
package import Updates

/// The look-ups around a message: its statuses, and what was sent after it.
extension MongoStore {
  private static let statusHistory = RecordCollection.messagestatuses
  /// How many messages' statuses one query fetches.
  private static let mostMessages = 100

  // One query serves many messages. Only when their histories together are longer than what could be shown
  // does each message get a query of its own, which the server sorts and cuts off.
  package func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]] {
    if messages.isEmpty || limit <= 0 { return [:] }
    let groups = Dictionary(grouping: messages, by: \.tenantId).flatMap { tenant, keys in
      Find.slices(keys.map(\.id), of: Self.mostMessages).map { (tenant, $0) }
    }
    return try await connections.run { client in
      var found: [EntityKey: [BSONDocument]] = [:]
      func add(_ record: BSONDocument, of tenant: Identifier) {
        guard let id = record.identifier("messageId") else { return }
        let key = EntityKey(tenantId: tenant, id: id)
        if messages.contains(key) { found[key, default: []].append(record) }
      }
      for (tenant, ids) in groups {
        let most = ids.count * limit
        var records: [BSONDocument] = []
        try client.forEach(Self.statuses(of: ids, tenant: tenant, limit: most + 1, isSorted: ids.count == 1))
        {
          records.append($0)
        }
        if records.count > most, ids.count > 1 {
          for id in ids {
            try client.forEach(Self.statuses(of: [id], tenant: tenant, limit: limit, isSorted: true)) {
              add($0, of: tenant)
            }
          }
        } else {
          for record in records { add(record, of: tenant) }
        }
      }
      return found.mapValues { Array($0.sorted(by: isNewerStatus).prefix(limit)) }
    }
  }

  private static func statuses(
    of ids: ArraySlice<Identifier>, tenant: Identifier, limit: Int, isSorted: Bool
  ) -> Find {
    Find(
      statusHistory, filter: .filter(tenant: tenant) { $0.append("messageId", anyOf: ids) },
      fields: ["_id", "messageId", "userId", "userType", "status", "createdAt", "readAt", "deliveredAt"],
      sort: isSorted ? [("createdAt", -1), ("userId", 1), ("_id", -1)] : [], limit: limit,
      batchSize: limit + 1)
  }

  // The history streams through; only the counts are kept.
  package func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]] {
    if keys.isEmpty { return [:] }
    let byMessage = Dictionary(grouping: keys, by: \.message)
    let finds = Dictionary(grouping: byMessage.keys, by: \.tenantId).flatMap { tenant, messages in
      Find.slices(messages.map(\.id)).map { ids in
        let filter = BSONDocument.filter(tenant: tenant) { $0.append("messageId", anyOf: ids) }
        let fields = ["messageId", "userId", "userType", "status"]
        return (tenant, Find(Self.statusHistory, filter: filter, fields: fields, batchSize: 5000))
      }
    }
    return try await connections.run { client in
      var counts: [StatusCountKey: [StatusPair: Int]] = [:]
      for (tenant, find) in finds {
        try client.forEach(find) { record in
          guard let id = record.identifier("messageId"),
            let asked = byMessage[EntityKey(tenantId: tenant, id: id)]
          else { return }
          let user = record.identifier("userId")
          let pair = StatusPair(userType: record.identifier("userType"), status: record.identifier("status"))
          for key in asked where key.senderId == nil || key.senderId != user {
            counts[key, default: [:]][pair, default: 0] += 1
          }
        }
      }
      return counts.mapValues { pairs in
        pairs.sorted { $0.key < $1.key }.map {
          StatusCount(userType: $0.key.userType?.string, status: $0.key.status?.string, count: $0.value)
        }
      }
    }
  }

  // One query serves many dialogs: it finds the messages from the oldest position on, which costs servers far
  // less than a condition per dialog. The events of a round are close in time, so few of these messages are
  // older than the positions in their own dialog. The messages stream through; only the counts per sender are
  // kept.
  package func newerMessages(_ positions: Set<MessagePosition>) async throws -> [MessagePosition:
    NewerMessages]
  {
    if positions.isEmpty { return [:] }
    let byDialog = Dictionary(grouping: positions, by: \.dialog)
    let groups = Dictionary(grouping: byDialog.keys, by: \.tenantId).flatMap { tenant, dialogs in
      Find.slices(dialogs).map { (tenant, $0) }
    }
    return try await connections.run { client in
      var counters = byDialog.mapValues(NewerCounter.init)
      for (tenant, dialogs) in groups {
        let filter = BSONDocument.filter(tenant: tenant) { filter in
          filter.append("dialogId", anyOf: dialogs.map(\.id))
          filter.open("createdAt")
          filter.append("$gte", dialogs.compactMap { counters[$0]?.oldest }.least)
          filter.close()
        }
        let fields = ["dialogId", "messageId", "senderId", "createdAt"]
        try client.forEach(Find(.messages, filter: filter, fields: fields, batchSize: 5000)) { record in
          guard let id = record.identifier("dialogId") else { return }
          counters[EntityKey(tenantId: tenant, id: id)]?.count(record)
        }
      }
      return counters.values.reduce(into: [:]) { found, counter in
        found.merge(counter.results()) { first, _ in first }
      }
    }
  }
}

/// A pair of the status matrix; an absent value sorts first.
private struct StatusPair: Hashable, Comparable {
  let userType: Identifier?
  let status: Identifier?

  static func < (left: StatusPair, right: StatusPair) -> Bool {
    left.userType == right.userType
      ? precedes(left.status, right.status) : precedes(left.userType, right.userType)
  }

  private static func precedes(_ left: Identifier?, _ right: Identifier?) -> Bool {
    switch (left, right) {
    case (nil, nil), (_?, nil): false
    case (nil, _?): true
    case (let left?, let right?): left < right
    }
  }
}

/// Orders statuses by createdAt, newest first, then by userId; those of one user at the same time, the last
/// added first. A createdAt that is not a number counts as the oldest.
private func isNewerStatus(_ left: BSONDocument, _ right: BSONDocument) -> Bool {
  let times = [left, right].map { $0["createdAt"]?.exactNumber ?? .double(.nan) }
  if times[1].precedes(times[0]) { return true }
  if times[0].precedes(times[1]) { return false }
  let users = [left, right].map { $0["userId"]?.stringBytes ?? [] }
  if users[0] != users[1] { return users[0].lexicographicallyPrecedes(users[1]) }
  let ids = [left, right].map { $0["_id"]?.valueBytes ?? [] }
  return ids[1].lexicographicallyPrecedes(ids[0])
}

extension [BSONNumber] {
  /// The least of the numbers; 0 when there are none. NaN, the least of all, becomes negative infinity.
  fileprivate var least: BSONNumber {
    let least = dropFirst().reduce(first ?? .integer(0)) { $1.precedes($0) ? $1 : $0 }
    return least.double.isNaN ? .double(-.infinity) : least
  }
}
