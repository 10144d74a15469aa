import BSON
import Foundation
import GRDB
import Pipeline
import Updates

extension EmbeddedStore: SweptStore {
  /// MongoDB stores no larger document, in bytes; what it refuses is refused here as well (spec section 8).
  static let largestDocument = 16 << 20

  public func insert(_ updates: [Update]) async throws -> InsertOutcome {
    try await write { db in
      var insertion = UpdateInsertion(db: db)
      for (index, update) in updates.enumerated() {
        if update.sharedBytes > Self.largestDocument {
          insertion.outcome.refused[index] = "its document is larger than MongoDB's 16 MiB"
        } else {
          try insertion.add(update, index: index)
        }
      }
      try insertion.finish()
      return insertion.outcome
    }
  }

  public func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: StoredUpdateRow.select + "WHERE updates.id = ? AND updates.published = 0")
      return try ids.compactMap { id in
        statement.setUncheckedArguments([Data(id.bytes)])
        return try Row.fetchOne(statement).map(StoredUpdateRow.update)
      }
    }
  }

  public func unpublished(
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

  public func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate] {
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

  public func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
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

/// Puts an update together again from its row and the content it shares.
enum StoredUpdateRow {
  static let select = """
    SELECT updates.id, contents.tenantId, updates.userId, contents.entityId, contents.eventId,
      contents.eventType, contents.leading, updates.member, contents.trailing, updates.routingKey,
      updates.published, updates.publishedAt, updates.createdAt
    FROM updates JOIN contents ON contents.sequence = updates.content

    """

  static func update(_ row: Row) throws -> StoredUpdate {
    let member: BSONDocument? = row.hasNull(atIndex: 7) ? nil : try row.document(7)
    let isPublished: Bool = row[10]
    let document = UpdateDocument(
      id: try row.objectId(0), tenantId: row[1], userId: row[2], entityId: row[3],
      eventId: try row.objectId(4), eventType: row[5], leading: try row.document(6), member: member,
      trailing: try row.document(8), routingKey: try row.text(9) ?? "",
      publishedAt: isPublished ? row[11] : nil, createdAt: row[12]
    ).encoded()
    guard let update = StoredUpdate(document) else {
      throw EmbeddedStoreError(.damaged, "the store holds an update that lacks a field")
    }
    return update
  }
}
