import BSON
import Updates

/// Compares the last statistics of every user with his memberships as they are now (spec section 6), and corrects them
/// where asked to.
public struct StatisticsAudit: Sendable {
  /// Users looked at together.
  private static let page = 500

  private let directory: any Directory
  private let ledger: any UpdateLedger
  private let repair: StatisticsRepair?

  /// Takes what to compare; without `repair` nothing is changed.
  public init(_ directory: any Directory, _ ledger: any UpdateLedger, repair: StatisticsRepair?) {
    self.directory = directory
    self.ledger = ledger
    self.repair = repair
  }

  /// Examines all users that have updates, of all tenants when `tenantId` is `nil`. Hands each difference to `report`, with
  /// whether it was mended; and the number of users to `progress`, again and again.
  public func examine(
    _ tenantId: Identifier?, report: (Difference, _ isRepaired: Bool) throws -> Void,
    progress: (_ users: Int) throws -> Void
  ) async throws {
    var last: EntityKey?
    while true {
      let users = try await ledger.recipients(after: last, of: tenantId, limit: Self.page)
      guard let end = users.last else { return }
      last = end
      let latest = try await ledger.latestStatistics(of: users)
      let counts = latest.isEmpty ? [:] : try await directory.membershipCounts(Set(latest.keys))
      for user in users {
        guard let update = latest[user] else { continue }
        let actual = counts[user] ?? .none
        let stats = update.document.document("data")?.document("user")?.document("stats") ?? .empty
        if !stats.agree(with: actual) {
          try await repair?.correct(update, of: user, to: actual)
          try report(Difference(update, of: user, stats, actual), repair != nil)
        } else if FreshStatistics.isCorrection(update), !update.isPublished {
          // Of no event, so that only here somebody notices.
          try await repair?.publish(update)
          try report(
            Difference(
              kind: .unpublished, tenantId: user.tenantId, userId: user.id, eventId: update.eventId,
              eventType: update.eventType, updateId: update.id, detail: "a correction of statistics"),
            repair != nil)
        }
      }
      try progress(users.count)
    }
  }
}

/// Sends users fresh statistics: stored, published, confirmed and marked as every other update.
public struct StatisticsRepair: Sendable {
  private let resolver: StateResolver
  private let shipping: UpdateShipping

  /// Takes the ends.
  public init(directory: any Directory, store: any UpdateStore, publisher: any UpdatePublisher) {
    resolver = StateResolver(directory: directory)
    shipping = UpdateShipping(store: store, publisher: publisher, clock: UpdateClock())
  }

  /// Corrects the last statistics of a user; again, it changes nothing more.
  func correct(_ last: StoredUpdate, of user: EntityKey, to counts: MembershipCounts) async throws {
    guard let fresh = FreshStatistics(of: user, correcting: last, to: counts) else { return }
    var state = StateSnapshot()
    try await resolver.recipients(fresh.request, into: &state)
    let event = EventKey(tenantId: user.tenantId, eventId: fresh.eventId)
    _ = try await shipping.ship([
      UpdateShipping.Entry(update: fresh.update(state: state), event: event, trace: TraceContext())
    ])
  }

  /// Publishes a correction that was never confirmed.
  func publish(_ update: StoredUpdate) async throws {
    let event = EventKey(tenantId: update.tenantId, eventId: update.eventId)
    _ = try await shipping.publishUnpublished(of: event, trace: TraceContext(), chunk: 100)
  }
}

extension BSONDocument {
  /// Whether `stats` of an update says these counts.
  fileprivate func agree(with counts: MembershipCounts) -> Bool {
    self["dialogCount"]?.number == Double(counts.dialogs)
      && self["unreadDialogsCount"]?.number == Double(counts.unread)
  }
}

extension Difference {
  fileprivate init(
    _ update: StoredUpdate, of user: EntityKey, _ stats: BSONDocument, _ counts: MembershipCounts
  ) {
    func count(_ field: String) -> String {
      switch stats[field]?.exactNumber {
      case .integer(let number): "\(number)"
      case .double(let number): "\(number)"
      case nil: "?"
      }
    }
    self.init(
      kind: .statistics, tenantId: user.tenantId, userId: user.id, eventId: update.eventId,
      eventType: update.eventType, updateId: update.id,
      detail: "says dialogCount \(count("dialogCount")), unreadDialogsCount \(count("unreadDialogsCount")); "
        + "the memberships say \(counts.dialogs), \(counts.unread)")
  }
}
