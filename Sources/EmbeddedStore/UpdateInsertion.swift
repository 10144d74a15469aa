import BSON
import Foundation
import GRDB
import Pipeline
import Updates

/// Inserts updates, several rows with each statement, after the content that they share.
struct UpdateInsertion {
  /// More rows would save little, and SQLite limits the number of values in a statement.
  private static let rowsPerStatement = 25

  let db: Database
  /// What became of each update, by its index.
  private(set) var outcomes: [InsertOutcome]
  private var shared: (content: UpdateContent, row: Int64)?
  private var waiting: [(update: Update, index: Int, content: Int64)] = []
  /// The content rows that this insertion has made, and whether any of their updates was new.
  private var isUsed: [Int64: Bool] = [:]

  init(db: Database, count: Int) {
    self.db = db
    outcomes = Array(repeating: .new, count: count)
  }

  mutating func add(_ update: Update, index: Int) throws {
    // What MongoDB would refuse is refused here too (spec section 8).
    if let objection = update.sizeObjection {
      outcomes[index] = .refused(objection)
      return
    }
    if shared?.content !== update.content {
      // SQLite numbers the rows of a statement in their order, so the updates of one content stay together.
      let row = try insert(update.content)
      shared = (update.content, row)
      isUsed[row] = false
    }
    guard let row = shared?.row else { return }
    waiting.append((update, index, row))
    if waiting.count == Self.rowsPerStatement { try flush() }
  }

  mutating func finish() throws {
    try flush()
    // All updates of these contents were stored before and keep the content that they had then.
    for (row, isUsed) in isUsed where !isUsed {
      try db.execute(sql: "DELETE FROM contents WHERE sequence = ?", arguments: [row])
    }
  }

  private mutating func flush() throws {
    guard !waiting.isEmpty else { return }
    let rows = waiting
    waiting.removeAll(keepingCapacity: true)
    let marks = repeatElement("(?, ?, ?, ?, ?, ?)", count: rows.count).joined(separator: ", ")
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO updates (id, content, userId, member, routingKey, createdAt) VALUES \(marks)
        ON CONFLICT (id) DO NOTHING
        """)
    var values: [(any DatabaseValueConvertible)?] = []
    values.reserveCapacity(rows.count * 6)
    for (update, _, content) in rows {
      values.append(Data(update.id.bytes))
      values.append(content)
      values.append(update.userId.string)
      values.append(update.member?.databaseValue)
      values.append(Data(update.routingKey.utf8))
      values.append(update.createdAt)
    }
    statement.setUncheckedArguments(StatementArguments(values))
    try statement.execute()
    let newCount = db.changesCount
    // SQLite numbers new rows upwards without a gap, so the last old row is this one.
    let lastOld = db.lastInsertedRowID - Int64(newCount)
    var counted: Set<Int64> = []
    for (update, index, content) in rows {
      if newCount == rows.count {
        isUsed[content] = true
      } else if newCount > 0, let row = try row(of: update, after: lastOld), counted.insert(row).inserted {
        isUsed[content] = true
      } else {
        outcomes[index] = .existing
      }
    }
  }

  /// The row of the update if it comes after `lastOld`; `nil` means that the update was stored before.
  private func row(of update: Update, after lastOld: Int64) throws -> Int64? {
    let statement = try db.cachedStatement(sql: "SELECT sequence FROM updates WHERE id = ? AND sequence > ?")
    statement.setUncheckedArguments([Data(update.id.bytes), lastOld])
    return try Int64.fetchOne(statement)
  }

  private func insert(_ content: UpdateContent) throws -> Int64 {
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
}
