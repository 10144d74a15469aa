import Maintenance
package import BSON
package import Pipeline
package import Updates

extension MongoStore: UpdateStore {
  static let updates = RecordCollection.updates

  package func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    var outcomes: [InsertOutcome] = Array(repeating: .new, count: updates.count)
    var slice = InsertSlice()
    // The index in `updates` of each document of the slice.
    var indexes: [Int] = []
    for (index, update) in updates.enumerated() {
      if let objection = update.sizeObjection {
        outcomes[index] = .refused(objection)
      } else {
        slice.append(update.document())
        indexes.append(index)
      }
      if slice.isFull || index == updates.count - 1 {
        let full = slice
        let results = try await connections.run { try $0.outcomes(ofInserting: full, into: Self.updates) }
        for (position, result) in zip(indexes, results) { outcomes[position] = result }
        slice = InsertSlice()
        indexes.removeAll(keepingCapacity: true)
      }
    }
    return outcomes
  }

  package func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    var found: [StoredUpdate] = []
    for slice in Find.slices(ids) {
      var filter = BSONWriter(capacity: 96 + slice.count * 20)
      filter.append("_id", anyOf: slice)
      filter.append("published", false)
      found += try await stored(Find.updates(filter.finish(), sort: []), limit: slice.count)
    }
    return found
  }

  package func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    let filter = BSONDocument.filter(tenant: tenantId) { filter in
      filter.append("eventId", anyOf: events)
      filter.append("published", false)
      if let after { filter.appendAfter(after) }
    }
    return try await stored(
      Find.updates(filter, sort: [("createdAt", 1), ("_id", 1)], batchSize: limit + 1), limit: limit)
  }

  package func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
    if ids.isEmpty { return }
    var update = BSONWriter()
    update.open("$set")
    update.append("published", true)
    update.append("publishedAt", publishedAt)
    update.close()
    let change = update.finish()
    let filters = Find.slices(ids).map { slice in
      var filter = BSONWriter(capacity: 64 + slice.count * 20)
      filter.append("_id", anyOf: slice)
      return filter.finish()
    }
    try await connections.run { client in
      for filter in filters { try client.updateMany(Self.updates, filter: filter, update: change) }
    }
  }

  /// The first `limit` updates that the query finds; a record that is not an update is skipped.
  private func stored(_ find: Find, limit: Int) async throws -> [StoredUpdate] {
    if limit <= 0 { return [] }
    return try await connections.run { client in
      var updates: [StoredUpdate] = []
      let cursor = try client.open(find)
      while updates.count < limit, let document = try cursor.next() {
        if let update = StoredUpdate(document) { updates.append(update) }
      }
      return updates
    }
  }
}

extension Find {
  /// A query for whole updates.
  static func updates(
    _ filter: BSONDocument, sort: [(key: String, order: Int64)], limit: Int = 0, batchSize: Int = 0,
    isLargeSort: Bool = false, patience: Duration? = nil
  ) -> Find {
    Find(
      MongoStore.updates, filter: filter, fields: UpdateField.allCases.map(\.rawValue), sort: sort,
      limit: limit, batchSize: batchSize, isLargeSort: isLargeSort, patience: patience)
  }
}

extension BSONWriter {
  /// The field equals one of these ids. MongoDB finds a single one in the same way, whether it is in a list or not;
  /// the list is for nx-27017, on which the long runs of the fault injection and the benchmarks rely.
  mutating func append(_ field: String, anyOf ids: some Sequence<ObjectId>) {
    open(field)
    open("$in", as: .array)
    for (index, id) in ids.enumerated() { append(String(index), id) }
    close()
    close()
  }

  fileprivate mutating func appendAfter(_ update: StoredUpdate) {
    open("$or", as: .array)
    open("0")
    open("createdAt")
    append("$gt", update.createdAt)
    close()
    close()
    open("1")
    append("createdAt", update.createdAt)
    open("_id")
    append("$gt", update.id)
    close()
    close()
    close()
  }
}
