import BSON
import Foundation
import GRDB
import Pipeline
import Updates

extension EmbeddedStore: UpdateStore {
  /// MongoDB stores no larger document, in bytes; what it refuses is refused here as well (spec section 8).
  static let largestDocument = 16 << 20

  public func insert(_ updates: [Update]) async throws -> InsertOutcome {
    try await write { db in
      var outcome = InsertOutcome()
      let insert = try db.cachedStatement(
        sql: """
          INSERT INTO updates (id, content, userId, member, routingKey, createdAt) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO NOTHING
          """)
      var shared: (content: UpdateContent, row: Int64, isUsed: Bool)?
      func endContent() throws {
        // All of its updates were stored before, with the content of then.
        if let shared, !shared.isUsed {
          try db.execute(sql: "DELETE FROM contents WHERE sequence = ?", arguments: [shared.row])
        }
      }
      for (index, update) in updates.enumerated() {
        if update.sharedBytes > Self.largestDocument {
          outcome.refused[index] = "its document is larger than MongoDB's 16 MiB"
          continue
        }
        if shared?.content !== update.content {
          try endContent()
          shared = (update.content, try Self.insert(update.content, into: db), false)
        }
        insert.setUncheckedArguments([
          Data(update.id.bytes), shared?.row, update.userId.string, update.member?.databaseValue,
          update.routingKey, update.createdAt,
        ])
        try insert.execute()
        if db.changesCount == 0 { outcome.existing.insert(index) } else { shared?.isUsed = true }
      }
      try endContent()
      return outcome
    }
  }

  private static func insert(_ content: UpdateContent, into db: Database) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO contents (tenantId, eventId, eventType, entityId, dialogId, leading, trailing)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    statement.setUncheckedArguments([
      content.tenantId.string, Data(content.eventId.bytes), content.eventType, content.entityId.string,
      content.dialogId?.string, content.leading.databaseValue, content.trailing.databaseValue,
    ])
    try statement.execute()
    return db.lastInsertedRowID
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

  public func unpublished(of event: EventKey, after: ObjectId?, limit: Int) async throws -> [StoredUpdate] {
    try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: StoredUpdateRow.select + """
          WHERE contents.eventId = ? AND contents.tenantId = ? AND updates.published = 0 AND updates.id > ?
          ORDER BY updates.id LIMIT ?
          """,
        arguments: [
          Data(event.eventId.bytes), event.tenantId.string, Data(after?.bytes ?? []), limit,
        ])
      var updates: [StoredUpdate] = []
      while let row = try rows.next() { updates.append(try StoredUpdateRow.update(row)) }
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
      trailing: try row.document(8), routingKey: row[9],
      publishedAt: isPublished ? row[11] : nil, createdAt: row[12]
    ).encoded()
    guard let update = StoredUpdate(document) else {
      throw EmbeddedStoreError(.damaged, "the store holds an update that lacks a field")
    }
    return update
  }
}
