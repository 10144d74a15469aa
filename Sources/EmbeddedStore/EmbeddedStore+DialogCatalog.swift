import BSON
import Foundation
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: DialogCatalog {
  /// Contents looked at, at most: other tenants may have a dialog of the same id.
  private static let mostContents = 20_000

  // Led by the index on the dialog.
  package func latestEvents(
    of dialog: EntityKey, seenBy members: [Identifier], limit: Int, patience: Duration
  ) async throws -> DialogEvents {
    try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT tenantId, eventId, eventType, sequence FROM contents INDEXED BY contents_dialog
          WHERE dialogId = ? ORDER BY sequence DESC LIMIT \(Self.mostContents)
          """, arguments: [dialog.id.string])
      var events: [DialogEvent] = []
      var known: Set<ObjectId> = []
      var count = 0
      var last: Int64 = 0
      while events.count < limit, let row = try rows.next() {
        count += 1
        last = row[3]
        guard Identifier(row[0]) == dialog.tenantId else { continue }
        let id = try row.objectId(1)
        guard known.insert(id).inserted else { continue }
        events.append(try Self.event(db, id, of: dialog.tenantId, row[2], content: last))
      }
      let isComplete = events.count >= limit || count < Self.mostContents
      let isCut = events.count >= limit || !isComplete
      let from = isCut ? try UpdateOrder.cursor(fromContent: last, db)?.createdAt : nil
      return DialogEvents(events, searched: SearchedSpan(from: from, to: nil, isComplete: isComplete))
    }
  }

  private static func event(
    _ db: Database, _ id: ObjectId, of tenantId: Identifier, _ eventType: String, content: Int64
  ) throws -> DialogEvent {
    let counts = try Row.fetchOne(
      db,
      sql: """
        SELECT count(*), total(published = 0) FROM (
          SELECT updates.published FROM contents INDEXED BY contents_event
            CROSS JOIN updates INDEXED BY updates_content ON updates.content = contents.sequence
          WHERE contents.eventId = ? AND contents.tenantId = ? LIMIT \(DialogEvent.mostCounted))
        """, arguments: [Data(id.bytes), tenantId.string])
    let createdAt = try Double.fetchOne(
      db, sql: "SELECT createdAt FROM updates WHERE content = ? ORDER BY sequence DESC LIMIT 1",
      arguments: [content])
    return DialogEvent(
      eventId: id, eventType: eventType, createdAt: createdAt ?? 0, updates: counts?[0] ?? 0,
      unpublished: Int(counts?[1] as Double? ?? 0))
  }
}
