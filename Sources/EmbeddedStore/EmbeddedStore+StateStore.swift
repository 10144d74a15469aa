import BSON
import Foundation
import GRDB
package import Pipeline
import Support
import Updates

extension EmbeddedStore: StateStore {
  package func apply(_ change: StateChange) async throws {
    let run = run
    try await write { db in
      // A history depends on all its lines, not only on the last. In a second replay a line that adds to it
      // would add again, and a line that deletes would delete what later lines had added. So each occurrence
      // of such a line is applied only once.
      let isOfHistory = change.records.contains { $0.collection == .messagestatuses }
      let isRepeated = isOfHistory ? try Self.passLine(change, db, run: run) : false
      for record in change.records {
        switch change.action {
        case _ where record.collection == .messagestatuses && isRepeated: continue
        case .upsert: try Self.upsert(record, into: db)
        case .delete: try Self.delete(record, from: db)
        }
      }
    }
  }

  /// Whether an earlier run has applied this occurrence of the line. If not, the occurrence is recorded.
  private static func passLine(_ change: StateChange, _ db: Database, run: Int64) throws -> Bool {
    let records = change.records.flatMap { [Array($0.collection.rawValue.utf8), Array($0.document.bytes)] }
    let key = LedgerKey.line(SHA256.hash([Array(change.action.rawValue.utf8)] + records))
    if try LedgerKey.passNext(db, key: key, run: run) != nil { return true }
    try db.execute(
      sql: "INSERT INTO ledger (key, run, updates) VALUES (?, ?, 0)", arguments: [key, run])
    return false
  }

  private static func upsert(_ record: StateRecord, into db: Database) throws {
    let document = record.document
    let blob = document.databaseValue
    let keyed = record.key.map(\.databaseValue)
    func replace(_ columns: String, _ values: [(any DatabaseValueConvertible)?]) throws {
      let all = keyed + values.map { $0?.databaseValue ?? .null }
      let names = record.collection == .events ? "id" : record.collection.key.joined(separator: ", ")
      let marks = all.map { _ in "?" }.joined(separator: ", ")
      let statement = try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO \(record.collection.rawValue) (\(names)\(columns)) VALUES (\(marks))")
      try statement.execute(arguments: StatementArguments(all))
    }
    switch record.collection {
    case .users, .dialogs, .metas, .events, .updates:
      try replace(", record", [blob])
    case .dialogmembers:
      let isActive = document["isActive"]?.bool != false
      let isUnread = document["unreadCount"]?.number.map { $0 > 0 } ?? false
      try replace(", active, unread, record", [isActive, isUnread, blob])
    case .messages:
      try replace(
        ", dialogId, senderId, createdAt, record",
        [
          document["dialogId"]?.idText, document["senderId"]?.idText,
          document["createdAt"]?.exactNumber?.databaseValue, blob,
        ])
    case .messagestatuses:
      try replace(
        ", userType, status, createdAt, record",
        [
          document["userType"]?.textBytes, document["status"]?.textBytes,
          document["createdAt"]?.exactNumber?.databaseValue, blob,
        ])
    }
  }

  private static func delete(_ record: StateRecord, from db: Database) throws {
    let names = record.collection == .events ? ["id"] : record.collection.key
    let condition = names.map { "\($0) = ?" }.joined(separator: " AND ")
    let statement = try db.cachedStatement(
      sql: "DELETE FROM \(record.collection.rawValue) WHERE \(condition)")
    try statement.execute(arguments: StatementArguments(record.key))
  }
}
