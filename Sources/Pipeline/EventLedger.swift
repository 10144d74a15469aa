import BSON
import Updates

/// Remembers which events of a timeline were handled, so that a second replay stores nothing new although the
/// state has moved on, and one that was cut off is completed (docs/decisions/0004-replay-ledger.md). A live
/// source needs none: its broker forgets what was acknowledged.
public protocol EventLedger: Sendable {
  /// How an earlier run ended the next occurrence of each event; events that it did not come to are missing.
  /// An event occurs at most once in `events`. One whose content has changed since, a mended line, was not handled.
  func recall(_ events: [(event: EventKey, content: BSONDocument)]) async throws -> [EventKey: LedgerEntry]

  /// Notes occurrences that this run has ended.
  func record(_ entries: [(entry: LedgerEntry, content: BSONDocument)]) async throws
}

/// How one occurrence of an event was ended.
public struct LedgerEntry: Sendable {
  /// The event's identity.
  public let eventId: ObjectId
  /// What became of it.
  public let history: EventHistory
  /// How many updates it meant.
  public let updates: Int

  /// Takes an entry.
  public init(eventId: ObjectId, history: EventHistory, updates: Int) {
    self.eventId = eventId
    self.history = history
    self.updates = updates
  }

  /// The event.
  public var event: EventKey { EventKey(tenantId: history.tenantId, eventId: eventId) }
}
