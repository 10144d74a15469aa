package import BSON
import Foundation
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: UpdateCatalog {
  package func page(of query: UpdateQuery, patience: Duration) async throws -> UpdatePage {
    let selection = UpdateSelection(query)
    let end = ContinuousClock.now + patience
    var searched = SearchedSpan(from: query.since, to: query.cursor?.createdAt, isComplete: true)
    var updates: [StoredUpdate] = []
    guard var range = try await read({ try SearchRange(query, $0) }) else {
      return UpdatePage([], next: nil, searched: searched)
    }
    while true {
      // Each step is a transaction of its own, so that a replay's write-ahead log need not wait for the search.
      let (rest, wanted) = (range, query.limit - updates.count)
      let step = try await read { db in
        let stepEnd = try selection.endOfStep(rest, db)
        let part = stepEnd.map { selection.split(rest, at: $0).step } ?? rest
        let (sql, arguments) = selection.newestFirst(part, limit: wanted)
        var found: [StoredUpdate] = []
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() { found.append(try StoredUpdateRow.update(row)) }
        return (end: stepEnd, found: found)
      }
      updates += step.found
      if updates.count >= query.limit, let last = updates.last {
        searched.from = last.createdAt
        return UpdatePage(updates, next: UpdateCursor(last), searched: searched)
      }
      guard let stepEnd = step.end else { return UpdatePage(updates, next: nil, searched: searched) }
      if ContinuousClock.now >= end, let next = try await read({ try selection.cursor(at: stepEnd, $0) }) {
        searched.from = next.createdAt
        searched.isComplete = false
        return UpdatePage(updates, next: next, searched: searched)
      }
      range = selection.split(range, at: stepEnd).rest
    }
  }

  package func updates(
    matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool
  ) async throws {
    let selection = UpdateSelection(query)
    try await readRows { db in
      guard let range = try SearchRange(query, db) else { return }
      let (sql, arguments) = selection.newestFirst(range, limit: query.limit)
      let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
      while let row = try rows.next() {
        guard try body(StoredUpdateRow.update(row)) else { return }
      }
    }
  }

  package func history(of eventId: ObjectId) async throws -> [EventHistory] {
    try await read { db in
      let first = LedgerKey.event(eventId)
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT tenantId, eventType, dialogId, outcome, reason, updates FROM ledger
          WHERE key >= ? AND key < ? ORDER BY sequence
          """, arguments: [first, LedgerKey.end(of: first)])
      return rows.map { LedgerKey.history($0, updates: $0[5]) }
    }
  }

  /// Converts SQLite's errors and those about damaged rows; any other error that `body` throws passes
  /// unchanged.
  private func readRows(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
    do {
      try await readWithOwnErrors(body)
    } catch let error where error is DatabaseError || error is DamagedRow {
      throw EmbeddedStoreError(error, path: path)
    }
  }
}
