import BSON
import Pipeline
import Updates

extension MongoStore: SweptStore {
  static let updates = "updates"
  /// A page that holds this many bytes is full: a bound of the memory that leftovers of any event take.
  private static let pageBytes = 8 * 1024 * 1024

  /// Stores updates that are not there yet; the stored version of the others wins.
  public func insert(_ updates: [Update]) async throws -> InsertOutcome {
    var outcome = InsertOutcome()
    var batch = InsertBatch()
    // Of each document of the batch, its index in `updates`.
    var indexes: [Int] = []
    for (index, update) in updates.enumerated() {
      let document = update.document()
      if document.bytes.count > InsertBatch.largestDocument {
        outcome.refused[index] =
          "\(document.bytes.count) bytes; MongoDB stores at most \(InsertBatch.largestDocument)"
      } else {
        batch.append(document)
        indexes.append(index)
      }
      if batch.isFull || index == updates.count - 1 {
        let full = batch
        let result = try await workers.run { try $0.outcome(ofInserting: full, into: Self.updates) }
        for position in result.existing { outcome.existing.insert(indexes[position]) }
        for (position, reason) in result.refused { outcome.refused[indexes[position]] = reason }
        batch = InsertBatch()
        indexes.removeAll(keepingCapacity: true)
      }
    }
    return outcome
  }

  /// Those of these updates that are stored and whose publication was never confirmed.
  public func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    var found: [StoredUpdate] = []
    for chunk in Find.chunks(ids) {
      var filter = BSONWriter(capacity: 96 + chunk.count * 20)
      filter.append("_id", anyOf: chunk)
      filter.append("published", false)
      found += try await stored(Find.updates(filter.finish(), sort: [("createdAt", 1)]), limit: chunk.count)
    }
    return found
  }

  /// Stored updates of these events whose publication was never confirmed, in the order in which they were made.
  public func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    let filter = BSONDocument.filter(tenant: tenantId) { filter in
      filter.append("eventId", anyOf: events)
      filter.append("published", false)
      if let after { filter.appendBehind(after) }
    }
    return try await stored(
      Find.updates(filter, sort: [("createdAt", 1), ("_id", 1)], batch: limit + 1), limit: limit)
  }

  /// Stored updates of any event whose publication was never confirmed, made after one time and before another
  /// (milliseconds since 1970), oldest first; those made at one time stay together.
  public func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate] {
    var filter = BSONWriter()
    filter.append("published", false)
    filter.open("createdAt")
    if let after { filter.append("$gt", after) }
    filter.append("$lt", before)
    filter.close()
    // No more than the index has is sorted by: however many there are, the server reads a page of them.
    let find = Find.updates(filter.finish(), sort: [("createdAt", 1)], batch: limit + 1)
    return try await workers.run { client in
      var updates: [StoredUpdate] = []
      var size = 0
      let cursor = try client.open(find)
      while let document = try cursor.next() {
        guard let update = StoredUpdate(document) else { continue }
        let isFull = updates.count >= limit || size >= Self.pageBytes
        if isFull, updates.last?.createdAt != update.createdAt { break }
        updates.append(update)
        size += document.bytes.count
      }
      return updates
    }
  }

  /// Notes that the broker has confirmed these, sent at this time (milliseconds since 1970).
  public func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
    if ids.isEmpty { return }
    var update = BSONWriter()
    update.open("$set")
    update.append("published", true)
    update.append("publishedAt", publishedAt)
    update.close()
    let change = update.finish()
    let filters = Find.chunks(ids).map { chunk in
      var filter = BSONWriter(capacity: 64 + chunk.count * 20)
      filter.append("_id", anyOf: chunk)
      return filter.finish()
    }
    try await workers.run { client in
      for filter in filters { try client.updateMany(Self.updates, filter: filter, update: change) }
    }
  }

  /// The first `limit` that the query finds; a record that is no update is passed over.
  private func stored(_ find: Find, limit: Int) async throws -> [StoredUpdate] {
    if limit <= 0 { return [] }
    return try await workers.run { client in
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
    _ filter: BSONDocument, sort: [(key: String, order: Int64)], limit: Int = 0, batch: Int = 0,
    isLargeSort: Bool = false
  ) -> Find {
    Find(
      MongoStore.updates, filter: filter, fields: StoredUpdate.fields, sort: sort, limit: limit, batch: batch,
      isLargeSort: isLargeSort)
  }
}

extension StoredUpdate {
  /// The fields of spec section 4.
  fileprivate static let fields = [
    "_id", "tenantId", "userId", "entityId", "eventId", "eventType", "data", "routingKey", "published",
    "publishedAt", "createdAt",
  ]
}

extension BSONWriter {
  /// The field has one of these ids. For a single id too: nx-27017 finds an ObjectId in a field other than `_id` so
  /// only.
  mutating func append(_ field: String, anyOf ids: some Sequence<ObjectId>) {
    open(field)
    open("$in", as: .array)
    for (index, id) in ids.enumerated() { append(String(index), id) }
    close()
    close()
  }

  fileprivate mutating func appendBehind(_ update: StoredUpdate) {
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

extension MongoClient {
  /// Inserts a batch. When the server refuses it as a whole for its content, it is halved until the document that
  /// is why stands alone.
  func outcome(ofInserting batch: InsertBatch, into collection: String) throws -> InsertOutcome {
    var outcome = InsertOutcome()
    do {
      for failure in try insert(batch, into: collection) {
        if ServerCode.isDuplicateKey(failure.code), !failure.isOfOtherIndex {
          outcome.existing.insert(failure.index)
        } else if ServerCode.isDuplicateKey(failure.code) || ServerCode.isRefusalOfContent(failure.code) {
          outcome.refused[failure.index] = failure.message
        } else {
          throw error(failure)
        }
      }
    } catch let error as StoreError where error.code == .refused {
      if batch.count == 1 {
        outcome.refused[0] = error.message
        return outcome
      }
      let middle = batch.count / 2
      for part in [0..<middle, middle..<batch.count] {
        let result = try self.outcome(ofInserting: batch.part(part), into: collection)
        for index in result.existing { outcome.existing.insert(index + part.lowerBound) }
        for (index, reason) in result.refused { outcome.refused[index + part.lowerBound] = reason }
      }
    }
    return outcome
  }
}
