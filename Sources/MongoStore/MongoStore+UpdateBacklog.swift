import BSON
import Maintenance
package import Updates

extension MongoStore: UpdateBacklog {
  /// A page of this many bytes is full, which bounds the memory that the unconfirmed updates of any event
  /// take.
  private static let pageBytes = 8 * 1024 * 1024

  package func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate] {
    var filter = BSONWriter()
    filter.append("published", false)
    filter.open("createdAt")
    if let after { filter.append("$gt", after) }
    filter.append("$lt", before)
    filter.close()
    // Sorted only by what the index holds, so the server reads no more than a page, however many updates
    // there are.
    let find = Find.updates(filter.finish(), sort: [("createdAt", 1)], batchSize: limit + 1)
    return try await connections.run { client in
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

  /// How many updates made before a time (milliseconds since 1970) were never confirmed although they can be
  /// sent: those whose routing key is not too long for AMQP. Looks at no more than `limit` of them, the oldest
  /// ones, through the index that holds no others.
  package func countUnpublished(before: Double, limit: Int) async throws -> Int {
    var filter = BSONWriter()
    filter.append("published", false)
    filter.open("createdAt")
    filter.append("$lt", before)
    filter.close()
    let find = Find(
      Self.updates, filter: filter.finish(), fields: ["routingKey"], sort: [("createdAt", 1)], limit: limit,
      batchSize: 1000)
    return try await connections.run { client in
      var count = 0
      try client.forEach(find) { record in
        let length = record["routingKey"]?.string?.utf8.count ?? 0
        if length <= UpdateType.longestRoutingKey { count += 1 }
      }
      return count
    }
  }
}
