package import BSON
import Foundation
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: UpdateCatalog {
  package func updates(
    matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool
  ) async throws {
    var conditions: [String] = []
    var arguments: [(any DatabaseValueConvertible)?] = []
    func require(_ condition: String, _ values: [any DatabaseValueConvertible]) {
      conditions.append(condition)
      arguments += values
    }
    if let tenant = query.tenantId { require("contents.tenantId = ?", [tenant]) }
    if let user = query.userId { require("updates.userId = ?", [user]) }
    if let dialog = query.dialogId { require("contents.dialogId = ?", [dialog]) }
    if let event = query.eventId { require("contents.eventId = ?", [Data(event.bytes)]) }
    if !query.eventTypes.isEmpty {
      let marks = query.eventTypes.map { _ in "?" }.joined(separator: ", ")
      require("contents.eventType IN (\(marks))", query.eventTypes)
    }
    if query.onlyUnpublished { require("updates.published = 0", []) }
    let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") + "\n"
    let limit = query.limit > 0 ? "LIMIT \(query.limit)" : ""
    let sql = StoredUpdateRow.select + filter + "ORDER BY updates.sequence DESC " + limit
    let bound = StatementArguments(arguments)
    try await readRows { db in
      let rows = try Row.fetchCursor(db, sql: sql, arguments: bound)
      while let row = try rows.next() {
        guard try body(StoredUpdateRow.update(row)) else { return }
      }
    }
  }

  package func members(of dialog: EntityKey, limit: Int) async throws -> [Member] {
    try await read { try Self.members($0, of: dialog, after: "", limit: limit, activeOnly: false) }
  }

  package func history(of eventId: ObjectId) async throws -> [EventHistory] {
    try await read { db in
      let first = LedgerKey.event(eventId)
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT tenantId, eventType, dialogId, outcome, reason FROM ledger
          WHERE substr(key, 1, ?) = ? AND key >= ? ORDER BY sequence
          """, arguments: [first.count, first, first])
      return rows.map(LedgerKey.history)
    }
  }

  /// Converts SQLite's errors and those about damaged rows; any other error that `body` throws passes
  /// unchanged.
  private func readRows(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
    do {
      try await database.read(body)
    } catch let error where error is DatabaseError || error is DamagedRow {
      throw EmbeddedStoreError(error, path: path)
    }
  }
}
