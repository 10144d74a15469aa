package import BSON
package import Updates

/// Remembers which events of a timeline were handled, so that a second replay stores nothing new although the
/// state has moved on, and one that was cut off is completed (docs/decisions/0004-replay-ledger.md). A live
/// source needs none: its broker forgets what was acknowledged.
package protocol ReplayLedger: Sendable {
  /// How an earlier run ended the next occurrence of each event; events that it did not come to are missing.
  /// An event occurs at most once in `events`. One whose content has changed since, a mended line, was not handled.
  func recall(_ events: [(eventKey: EventKey, content: BSONDocument)]) async throws -> [EventKey: LedgerEntry]

  /// Notes occurrences that this run has ended.
  func record(_ entries: [(entry: LedgerEntry, content: BSONDocument)]) async throws
}
