import BSON
import Crypto
import Foundation
import GRDB
import Pipeline
import Updates

extension EmbeddedStore: EventLedger {
  public func recall(
    _ events: [(event: EventKey, content: BSONDocument)]
  ) async throws -> [EventKey: LedgerEntry] {
    let run = run
    return try await write { db in
      var found: [EventKey: LedgerEntry] = [:]
      for (event, content) in events {
        let key = LedgerKey.event(event, content: content)
        guard let row = try LedgerKey.passNext(db, key: key, run: run) else { continue }
        found[event] = LedgerEntry(eventId: event.eventId, history: LedgerKey.history(row), updates: row[5])
      }
      return found
    }
  }

  public func record(_ entries: [(entry: LedgerEntry, content: BSONDocument)]) async throws {
    let run = run
    try await write { db in
      let statement = try db.cachedStatement(
        sql: """
          INSERT INTO ledger (key, run, tenantId, eventType, dialogId, outcome, reason, updates)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
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
          LedgerKey.event(entry.event, content: content), run, history.tenantId.string,
          history.eventType, history.dialogId, outcome.rawValue, reason, entry.updates,
        ])
        try statement.execute()
      }
    }
  }
}

/// The rows of the table `ledger`: one for each occurrence of an event, or of a state line that adds to a history.
enum LedgerKey {
  enum Outcome: Int {
    case handled = 0
    case ignored = 1
    case bad = 2
  }

  /// How all keys of one event identity start, whatever the tenant and the content.
  static func event(_ id: ObjectId) -> Data {
    Data([UInt8(ascii: "E")] + id.bytes)
  }

  /// An event of a tenant with just this content.
  static func event(_ event: EventKey, content: BSONDocument) -> Data {
    let digest = SHA256.hash(data: Array(content.bytes)).prefix(8)
    return self.event(event.eventId) + digest + Data(event.tenantId.string.utf8)
  }

  static func line(_ digest: some Sequence<UInt8>) -> Data {
    Data([UInt8(ascii: "L")] + Array(digest))
  }

  /// The first occurrence that this run has not passed yet, which it passes herewith; `nil` when earlier runs
  /// had fewer.
  static func passNext(_ db: Database, key: Data, run: Int64) throws -> Row? {
    let find = try db.cachedStatement(
      sql: """
        SELECT tenantId, eventType, dialogId, outcome, reason, updates, sequence FROM ledger
        WHERE key = ? AND run <> ? ORDER BY sequence LIMIT 1
        """)
    find.setUncheckedArguments([key, run])
    guard let row = try Row.fetchOne(find) else { return nil }
    let pass = try db.cachedStatement(sql: "UPDATE ledger SET run = ? WHERE sequence = ?")
    let sequence: Int64 = row[6]
    pass.setUncheckedArguments([run, sequence])
    try pass.execute()
    return row
  }

  static func history(_ row: Row) -> EventHistory {
    let outcome: EventHistory.Outcome =
      switch Outcome(rawValue: row[3]) {
      case .ignored: .ignored
      case .bad: .bad(row[4] ?? "")
      case .handled, nil: .handled
      }
    return EventHistory(
      tenantId: Identifier(row[0] ?? ""), eventType: row[1] ?? "", dialogId: row[2], outcome: outcome)
  }
}
