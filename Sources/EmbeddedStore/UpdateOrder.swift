import BSON
import Foundation
import GRDB
import Pipeline

/// The order in which updates are stored: `updates.sequence`, and in the same order `contents.sequence`, because an
/// insertion stores each content and its updates one after the other. Times rise along it, since one program at a
/// time stores updates and gives each a later time than the one before, unless the machine's clock is set back
/// between two runs. So a time is found by bisection, and needs no index.
enum UpdateOrder {
  /// An update's row, and that of its content.
  struct Place: Sendable {
    let row: Int64
    let content: Int64

    /// After all rows.
    static let end = Place(row: .max, content: .max)
  }

  /// The place from which everything that follows the cursor in a listing comes before it in this order.
  static func place(of cursor: UpdateCursor, _ db: Database) throws -> Place {
    let known = try Row.fetchOne(
      db, sql: "SELECT sequence, content, createdAt FROM updates WHERE id = ?",
      arguments: [Data(cursor.id.bytes)])
    // With another time than the update's, it was not given by a listing.
    if let known, known[2] as Double == cursor.createdAt { return Place(row: known[0], content: known[1]) }
    return try first(since: cursor.createdAt, db) ?? .end
  }

  /// The first update that was made at `time` (milliseconds since 1970) or later; `nil` when there is none.
  static func first(since time: Double, _ db: Database) throws -> Place? {
    guard let last = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM updates") else { return nil }
    let find = try db.cachedStatement(
      sql: "SELECT sequence, content, createdAt FROM updates WHERE sequence >= ? ORDER BY sequence LIMIT 1")
    // The first row from `low` on is too early; the first row from `high` on is not, or there is none.
    var (low, high): (Int64, Int64) = (0, last + 1)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      find.setUncheckedArguments([middle])
      let row = try Row.fetchOne(find)
      if let row, row[2] as Double >= time {
        high = middle
      } else if row == nil {
        high = middle
      } else {
        low = middle
      }
    }
    find.setUncheckedArguments([high])
    return try Row.fetchOne(find).map { Place(row: $0[0], content: $0[1]) }
  }

  /// The first update from this row on, as a place in a listing.
  static func cursor(fromRow row: Int64, _ db: Database) throws -> UpdateCursor? {
    try cursor(db, "sequence >= ? ORDER BY sequence", row)
  }

  /// The first update whose content is this one or a later one, as a place in a listing.
  static func cursor(fromContent content: Int64, _ db: Database) throws -> UpdateCursor? {
    try cursor(db, "content >= ? ORDER BY content, sequence", content)
  }

  private static func cursor(_ db: Database, _ condition: String, _ value: Int64) throws -> UpdateCursor? {
    let row = try Row.fetchOne(
      db, sql: "SELECT createdAt, id FROM updates WHERE \(condition) LIMIT 1", arguments: [value])
    return try row.map { UpdateCursor(createdAt: $0[0], id: try $0.objectId(1)) }
  }
}
