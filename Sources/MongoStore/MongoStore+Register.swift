import BSON
import Pipeline
import Updates

extension MongoStore: UpdateRegister {
  /// Of updates that are due, by their index, those that are stored, and whether their publication was confirmed.
  ///
  /// Looks for their `_id`s; only what is not found so is looked for by event, recipient and type.
  public func stored(among updates: [Update]) async throws -> [Int: Bool] {
    var found: [Int: Bool] = [:]
    let indexes = Dictionary(updates.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let byId = Find.chunks(indexes.keys).map { ids in
      var filter = BSONWriter(capacity: 64 + ids.count * 20)
      filter.append("_id", anyOf: ids)
      return Find(Self.updates, filter: filter.finish(), fields: ["_id", "published"], batch: ids.count + 1)
    }
    for record in try await workers.run({ try $0.all(byId) }) {
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

  /// Those of the updates that other programs have stored.
  private func foreign(_ updates: [Update], indices: [Int]) async throws -> [Int: Bool] {
    let byTenant = Dictionary(grouping: indices) { updates[$0].content.tenantId }
    let finds = byTenant.flatMap { tenant, indices in
      Find.chunks(indices).map { chunk in
        let filter = BSONDocument.filter(tenant: tenant) { filter in
          filter.append("eventId", anyOf: Set(chunk.map { updates[$0].content.eventId }))
          filter.append("userId", anyOf: Set(chunk.map { updates[$0].userId }))
        }
        return Find(
          Self.updates, filter: filter, fields: ["tenantId", "eventId", "userId", "eventType", "published"],
          batch: 1000)
      }
    }
    var indexes: [UpdatePurpose: Int] = [:]
    for index in indices { indexes[UpdatePurpose(updates[index])] = index }
    var found: [Int: Bool] = [:]
    for record in try await workers.run({ try $0.all(finds) }) {
      guard let purpose = UpdatePurpose(record), let index = indexes[purpose] else { continue }
      found[index] = StoredUpdate.isPublished(record)
    }
    return found
  }
}

/// What an update is for.
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
  /// Everything that the queries find.
  fileprivate func all(_ finds: [Find]) throws -> [BSONDocument] {
    var records: [BSONDocument] = []
    for find in finds { try forEach(find) { records.append($0) } }
    return records
  }
}
