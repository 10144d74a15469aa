import GRDB
import Maintenance
package import Updates

extension EmbeddedStore: UpdateBacklog {
  package func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate] {
    try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: StoredUpdateRow.select + """
          WHERE updates.published = 0 AND updates.createdAt > ? AND updates.createdAt < ?
          ORDER BY updates.createdAt
          """, arguments: [after ?? -1, before])
      var updates: [StoredUpdate] = []
      while let row = try rows.next() {
        let update = try StoredUpdateRow.update(row)
        if updates.count >= limit, updates.last?.createdAt != update.createdAt { break }
        updates.append(update)
      }
      return updates
    }
  }
}
