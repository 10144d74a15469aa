package import Updates

/// The stored updates as operators' jobs read them: backfill, verify and prune.
package protocol UpdateRecords: Sendable {
  /// Tells which of these updates are stored, by their index, and whether their publication was confirmed. An update
  /// counts by what it is for (tenant, event, recipient, event type), because other programs chose other `_id`s.
  func stored(among updates: [Update]) async throws -> [Int: Bool]

  /// The stored updates of events, in any order.
  func updates(of events: Set<EventKey>) async throws -> any RecordStream

  /// A page of the users who have stored updates, ordered by tenant, then user: those after `after`, at most `limit`.
  /// An empty page means the end.
  func recipients(after: EntityKey?, of tenantId: Identifier?, limit: Int) async throws -> [EntityKey]

  /// The newest UserStatsUpdate of each of these users who has one.
  func latestStatistics(of users: [EntityKey]) async throws -> [EntityKey: StoredUpdate]
}
