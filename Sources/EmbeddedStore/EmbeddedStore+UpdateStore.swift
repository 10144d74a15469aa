import Maintenance
package import BSON
import Foundation
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: UpdateStore {
  package func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    try await write { db in
      var insertion = UpdateInsertion(db: db, count: updates.count)
      for (index, update) in updates.enumerated() { try insertion.add(update, index: index) }
      try insertion.finish()
      return insertion.outcomes
    }
  }

  package func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: StoredUpdateRow.select + "WHERE updates.id = ? AND updates.published = 0")
      return try ids.compactMap { id in
        statement.setUncheckedArguments([Data(id.bytes)])
        return try Row.fetchOne(statement).map(StoredUpdateRow.update)
      }
    }
  }

  package func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: StoredUpdateRow.select + """
          WHERE contents.eventId IN (\(databaseQuestionMarks(count: events.count))) AND contents.tenantId = ?
            AND updates.published = 0 AND (updates.createdAt, updates.id) > (?, ?)
          ORDER BY updates.createdAt, updates.id LIMIT ?
          """,
        arguments: StatementArguments(events.map { Data($0.bytes) }) + [
          tenantId.string, after?.createdAt ?? -1, Data(after?.id.bytes ?? []), limit,
        ])
      var updates: [StoredUpdate] = []
      while let row = try rows.next() { updates.append(try StoredUpdateRow.update(row)) }
      return updates
    }
  }

  package func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
    try await write { db in
      let statement = try db.cachedStatement(
        sql: "UPDATE updates SET published = 1, publishedAt = ? WHERE id = ?")
      for id in ids {
        statement.setUncheckedArguments([publishedAt, Data(id.bytes)])
        try statement.execute()
      }
    }
  }
}
