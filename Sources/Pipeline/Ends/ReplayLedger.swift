package import BSON
package import Updates

/// Remembers which events of a timeline were handled. A second replay therefore stores nothing new although
/// the state has moved on, and a replay that was cut off is completed by the next one
/// (docs/decisions/0004-replay-ledger.md). A live source needs no ledger, because its broker forgets what was
/// acknowledged.
package protocol ReplayLedger: Sendable {
  /// How an earlier run ended the next occurrence of each event. Events that it did not reach are missing. An
  /// event whose content has changed since, because somebody corrected its line, counts as not handled. An
  /// event may occur at most once in `events`.
  func recall(_ events: [(eventKey: EventKey, content: BSONDocument)]) async throws -> [EventKey: LedgerEntry]

  /// Records occurrences that this run has ended.
  func record(_ entries: [(entry: LedgerEntry, content: BSONDocument)]) async throws
}
