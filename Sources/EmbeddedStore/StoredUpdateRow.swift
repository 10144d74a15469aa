import BSON
import Foundation
import GRDB
import Pipeline
import Updates

/// Reassembles an update from its row and the content that it shares with other updates.
enum StoredUpdateRow {
  /// The columns that ``update(_:)`` reads.
  static let columns = """
    updates.id, contents.tenantId, updates.userId, contents.entityId, contents.eventId,
      contents.eventType, contents.leading, updates.member, contents.trailing, updates.routingKey,
      updates.published, updates.publishedAt, updates.createdAt
    """

  static let select = """
    SELECT \(columns)
    FROM updates JOIN contents ON contents.sequence = updates.content

    """

  static func update(_ row: Row) throws -> StoredUpdate {
    let member: BSONDocument? = row.hasNull(atIndex: 7) ? nil : try row.document(7)
    let isPublished: Bool = row[10]
    let document = UpdateDocument(
      id: try row.objectId(0), tenantId: row[1], userId: row[2], entityId: row[3],
      eventId: try row.objectId(4), eventType: row[5],
      data: UpdateDocument.Sections(
        leading: try row.document(6), member: member, trailing: try row.document(8)),
      routingKey: try row.text(9) ?? "",
      publishedAt: isPublished ? row[11] : nil, createdAt: row[12]
    ).encoded()
    guard let update = StoredUpdate(document) else {
      throw DamagedRow(reason: "an update lacks a field")
    }
    return update
  }
}
