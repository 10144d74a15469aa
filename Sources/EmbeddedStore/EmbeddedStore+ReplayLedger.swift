package import BSON
import Foundation
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: ReplayLedger {
  package func recall(
    _ events: [(eventKey: EventKey, content: BSONDocument)]
  ) async throws -> [EventKey: LedgerEntry] {
    let run = run
    // A first replay finds none, and its look-ups need not wait until a round is stored.
    let known = try await read { db in
      try events.map { ($0.eventKey, LedgerKey.event($0.eventKey, content: $0.content)) }
        .filter { try LedgerKey.next(db, key: $0.1, run: run) != nil }
    }
    if known.isEmpty { return [:] }
    return try await write { db in
      var found: [EventKey: LedgerEntry] = [:]
      for (eventKey, key) in known {
        guard let row = try LedgerKey.passNext(db, key: key, run: run) else { continue }
        found[eventKey] = LedgerEntry(
          eventId: eventKey.eventId, history: LedgerKey.history(row), updates: row[5])
      }
      return found
    }
  }

  package func record(_ entries: [(entry: LedgerEntry, content: BSONDocument)]) async throws {
    let run = run
    try await write { db in
      let statement = try db.cachedStatement(
        sql: """
          INSERT INTO ledger (key, run, tenantId, eventType, dialogId, outcome, reason, updates, content)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      for (entry, content) in entries {
        let history = entry.history
        let (outcome, reason): (LedgerKey.Outcome, String?) =
          switch history.outcome {
          case .handled: (.handled, nil)
          case .ignored: (.ignored, nil)
          case .bad(let reason): (.bad, reason)
          }
        statement.setUncheckedArguments([
          LedgerKey.event(entry.eventKey, content: content), run, history.tenantId.string,
          history.eventType, history.dialogId, outcome.rawValue, reason, entry.updates,
          content.databaseValue,
        ])
        try statement.execute()
      }
    }
  }
}
