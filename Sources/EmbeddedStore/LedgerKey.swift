import BSON
import Foundation
import GRDB
import Pipeline
import Support
import Updates

/// The keys and rows of the table `ledger`, which has one row for each occurrence of an event, or of a state
/// line that changes a history.
enum LedgerKey {
  enum Outcome: Int {
    case handled = 0
    case ignored = 1
    case bad = 2
  }

  /// The prefix that all keys of one event identity share, whatever the tenant and the content.
  static func event(_ id: ObjectId) -> Data {
    Data([UInt8(ascii: "E")] + id.bytes)
  }

  /// The least key that is greater than all that begin with `prefix`; a key of an event never begins with 0xFF.
  static func end(of prefix: Data) -> Data {
    var bytes = Array(prefix)
    while bytes.last == 0xFF { bytes.removeLast() }
    if let last = bytes.popLast() { bytes.append(last + 1) }
    return Data(bytes)
  }

  /// The key of an event of a tenant with exactly this content.
  static func event(_ event: EventKey, content: BSONDocument) -> Data {
    let digest = SHA256.hash(Array(content.bytes)).prefix(8)
    return self.event(event.eventId) + digest + Data(event.tenantId.string.utf8)
  }

  static func line(_ digest: [UInt8]) -> Data {
    Data([UInt8(ascii: "L")] + digest)
  }

  /// Passes the first occurrence that earlier runs recorded and that this run has not passed yet, and returns
  /// its row; `nil` when earlier runs recorded no more occurrences.
  ///
  /// A row that is passed gets the number of this run. Each run passes the rows of a key in the order of
  /// their sequence, so the run numbers never rise along that order, and descending order of `run` is the
  /// order of `sequence`. That is why the index on `key` and `run` leads straight to the row, however many
  /// occurrences there are.
  static func passNext(_ db: Database, key: Data, run: Int64) throws -> Row? {
    guard let row = try next(db, key: key, run: run) else { return nil }
    let pass = try db.cachedStatement(sql: "UPDATE ledger SET run = ? WHERE sequence = ?")
    let sequence: Int64 = row[6]
    pass.setUncheckedArguments([run, sequence])
    try pass.execute()
    return row
  }

  /// The row that ``passNext(_:key:run:)`` would pass.
  static func next(_ db: Database, key: Data, run: Int64) throws -> Row? {
    let find = try db.cachedStatement(
      sql: """
        SELECT tenantId, eventType, dialogId, outcome, reason, updates, sequence FROM ledger
        WHERE key = ? AND run < ? ORDER BY run DESC, sequence LIMIT 1
        """)
    find.setUncheckedArguments([key, run])
    return try Row.fetchOne(find)
  }

  /// - Parameter updates: How many updates the event made, where that is asked for.
  static func history(_ row: Row, updates: Int? = nil) -> EventHistory {
    let outcome: EventHistory.Outcome =
      switch Outcome(rawValue: row[3]) {
      case .ignored: .ignored
      case .bad: .bad(row[4] ?? "")
      case .handled, nil: .handled
      }
    return EventHistory(
      tenantId: Identifier(row[0] ?? ""), eventType: row[1] ?? "", dialogId: row[2], outcome: outcome,
      updates: updates)
  }
}
