package import Pipeline
import BSON
package import Updates

/// Compares the last statistics of every user with their memberships as they are now (spec section 6), and
/// corrects the statistics if asked to.
package struct StatisticsAudit: Sendable {
  /// Users looked at together.
  private static let usersPerPage = 500

  private let directory: any Directory
  private let records: any UpdateRecords
  private let repair: StatisticsRepair?

  /// Without `repair` nothing is changed.
  package init(_ directory: any Directory, _ records: any UpdateRecords, repair: StatisticsRepair?) {
    self.directory = directory
    self.records = records
    self.repair = repair
  }

  /// Examines all users that have updates, of all tenants when `tenantId` is `nil`. Calls `report` with each
  /// difference and whether it was repaired, and `progress` after each page with the number of users in it.
  package func examine(
    _ tenantId: Identifier?, report: (Difference, _ isRepaired: Bool) throws -> Void,
    progress: (_ users: Int) throws -> Void
  ) async throws {
    var last: EntityKey?
    while true {
      let users = try await records.recipients(after: last, of: tenantId, limit: Self.usersPerPage)
      guard let end = users.last else { return }
      last = end
      let latest = try await records.latestStatistics(of: users)
      let counts = latest.isEmpty ? [:] : try await directory.membershipCounts(Set(latest.keys))
      for user in users {
        guard let update = latest[user] else { continue }
        let actual = counts[user] ?? .none
        let stats = StatedCounts(update)
        if !stats.agree(with: actual) {
          let isRepaired = try await repair?.correct(update, of: user, to: actual) ?? false
          try report(Difference(update, of: user, stats, actual), isRepaired)
        } else if FreshStatistics.isCorrection(update), !update.isPublished {
          // A correction belongs to no event, so no other check would find it.
          let correction = EventKey(tenantId: user.tenantId, eventId: update.eventId)
          let isRepaired = try await repair?.publish(correction) ?? false
          try report(
            Difference(
              kind: .unpublished, tenantId: user.tenantId, userId: user.id, eventId: update.eventId,
              eventType: update.eventType, updateId: update.id, detail: "a correction of statistics"),
            isRepaired)
        }
      }
      try progress(users.count)
    }
  }
}

extension Difference {
  fileprivate init(
    _ update: StoredUpdate, of user: EntityKey, _ stats: StatedCounts, _ counts: MembershipCounts
  ) {
    self.init(
      kind: .statistics, tenantId: user.tenantId, userId: user.id, eventId: update.eventId,
      eventType: update.eventType, updateId: update.id,
      detail: "says dialogCount \(stats.dialogs), unreadDialogsCount \(stats.unread); "
        + "the memberships say \(counts.dialogs), \(counts.unread)")
  }
}
