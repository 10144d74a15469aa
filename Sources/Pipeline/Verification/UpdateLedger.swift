import BSON
import Updates

/// The stored updates as a verification reads them.
public protocol UpdateLedger: Sendable {
  /// The stored updates of events, in any order.
  func updates(of events: Set<EventKey>) async throws -> any RecordStream

  /// Users who have stored updates, by tenant, then user, from behind `after`, at most `limit`; empty at the end.
  func recipients(after: EntityKey?, of tenantId: Identifier?, limit: Int) async throws -> [EntityKey]

  /// The newest UserStatsUpdate of each of these users who has one.
  func latestStatistics(of users: [EntityKey]) async throws -> [EntityKey: StoredUpdate]
}
