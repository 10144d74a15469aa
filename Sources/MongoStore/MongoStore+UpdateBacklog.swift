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
}
