package import Updates

/// The stored updates as operators' jobs read them: backfill, verify and prune.
package protocol UpdateRecords: Sendable {
  /// Tells which of these updates are stored, by their index, and whether their publication was confirmed.
  /// Updates are recognised by tenant, event, recipient and event type, because other programs chose other
  /// `_id`s.
  func stored(among updates: [Update]) async throws -> [Int: Bool]

  /// The stored updates of events, in any order.
  func updates(of events: Set<EventKey>) async throws -> any RecordStream

  /// A page of the users who have stored updates, ordered by tenant, then user: those that follow `after`, at
  /// most `limit`. An empty page means the end. When `tenantId` is `nil`, of all tenants.
  func recipients(after: EntityKey?, of tenantId: Identifier?, limit: Int) async throws -> [EntityKey]

  /// The newest UserStatsUpdate of each of these users that has one.
  func latestStatistics(of users: [EntityKey]) async throws -> [EntityKey: StoredUpdate]
}
