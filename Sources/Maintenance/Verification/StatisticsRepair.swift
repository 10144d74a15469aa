package import Pipeline
import BSON
import Updates

/// Sends users fresh statistics, which are stored, published, confirmed and marked like every other update.
package struct StatisticsRepair: Sendable {
  private let resolver: StateResolver
  private let store: any UpdateStore
  private let shipping: UpdateShipping
  private let clock = UpdateClock()

  package init(directory: any Directory, store: any UpdateStore, publisher: any UpdatePublisher) {
    resolver = StateResolver(directory: directory)
    self.store = store
    shipping = UpdateShipping(store: store, publisher: publisher, clock: clock)
  }

  /// Corrects the last statistics of a user. Repeating the same correction changes nothing. False when the
  /// correction cannot be stored or published because of what it contains.
  func correct(_ last: StoredUpdate, of user: EntityKey, to counts: MembershipCounts) async throws -> Bool {
    guard let fresh = FreshStatistics(of: user, correcting: last, to: counts) else { return false }
    var update = fresh.update(profiles: try await resolver.profiles(for: fresh.needs))
    update.createdAt = clock.next()
    if case .refused = try await store.insert([update]).first { return false }
    return try await publish(EventKey(tenantId: user.tenantId, eventId: fresh.eventId))
  }

  /// Publishes a correction that was never confirmed. False when it cannot be published because of what it
  /// contains.
  func publish(_ correction: EventKey) async throws -> Bool {
    try await shipping.publishUnpublished(
      of: [correction.eventId: TraceContext()], tenantId: correction.tenantId, pageSize: 100
    ).unsendable.isEmpty
  }
}
