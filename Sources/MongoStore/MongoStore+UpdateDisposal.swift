import Maintenance
package import BSON
import Pipeline
package import Updates

extension MongoStore: UpdateDisposal {
  // Served by the index on tenant, user and time.
  package func published(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double, limit: Int
  ) async throws -> [ObjectId] {
    let find = Self.published(users, of: tenantId, before: createdAt, limit: limit)
    return try await connections.run { client in
      var ids: [ObjectId] = []
      try client.forEach(find) { record in
        if let id = record["_id"]?.objectId { ids.append(id) }
      }
      return ids
    }
  }

  package func countPublished(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double
  ) async throws -> Int {
    let find = Self.published(users, of: tenantId, before: createdAt, limit: 0)
    return try await connections.run { client in
      var count = 0
      try client.forEach(find) { _ in count += 1 }
      return count
    }
  }

  package func delete(_ ids: [ObjectId]) async throws -> Int {
    let filters = Find.slices(ids).map { slice in
      var filter = BSONWriter(capacity: 96 + slice.count * 20)
      filter.append("_id", anyOf: slice)
      filter.appendIsPublished()
      return filter.finish()
    }
    return try await connections.run { client in
      try filters.reduce(0) { try $0 + client.deleteMany(Self.updates, filter: $1) }
    }
  }

  private static func published(
    _ users: [Identifier], of tenantId: Identifier, before createdAt: Double, limit: Int
  ) -> Find {
    let filter = BSONDocument.filter(tenant: tenantId) { filter in
      filter.append("userId", anyOf: users)
      filter.open("createdAt")
      filter.append("$lt", createdAt)
      filter.close()
      filter.appendIsPublished()
    }
    return Find(
      updates, filter: filter, fields: ["_id"], limit: limit, batchSize: limit == 0 ? 5000 : limit + 1)
  }
}

extension BSONWriter {
  /// The broker has confirmed the update: `published` is anything but exactly `false`, as in the worker's own
  /// index.
  fileprivate mutating func appendIsPublished() {
    open("published")
    append("$ne", false)
    close()
  }
}
