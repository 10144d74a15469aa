import BSON
import Synchronization
import Updates

/// The update store of a backfill: stores what is missing and due, and nothing else. What is stored stays as it is, and
/// who has joined the dialog since an event is not due its updates.
public final class BackfillStore: UpdateStore {
  /// What was found so far, in updates.
  public struct Counts: Sendable, Equatable {
    /// Were missing; stored now, unless nothing is to be changed.
    public var missing: [UpdateType: Int] = [:]
    /// Were stored before.
    public var present = 0
    /// Of those, never confirmed.
    public var unpublished = 0
    /// Not due, because the recipient joined later.
    public var joinedLater = 0

    /// Nothing yet.
    public init() {}

    /// All that were missing.
    public var totalMissing: Int { missing.values.reduce(0, +) }
  }

  private let store: any UpdateStore & UpdateRegister
  private let source: ArchivedEventSource
  private let archive: any EventArchive
  private let range: EventRange
  private let pace: Pace?
  private let isDryRun: Bool
  private let state = Mutex((counts: Counts(), history: MembershipHistory()))

  /// Stores into `store` what is due for the events of `source`, those of `range`; with `isDryRun` only counts.
  public init(
    _ store: any UpdateStore & UpdateRegister, archive: any EventArchive, source: ArchivedEventSource,
    range: EventRange, pace: Pace?, isDryRun: Bool
  ) {
    self.store = store
    self.archive = archive
    self.source = source
    self.range = range
    self.pace = pace
    self.isDryRun = isDryRun
  }

  /// What was found so far.
  public var counts: Counts { state.withLock { $0.counts } }

  /// Finds out who has joined which dialog since the start of the range. Call it before use.
  public func prepare() async throws {
    var range = range
    range.until = nil
    let history = try await MembershipHistory.read(archive, in: range)
    state.withLock { $0.history = history }
  }

  /// Stores those that are missing and due. The others count as there already.
  public func insert(_ updates: [Update]) async throws -> InsertOutcome {
    try await pace?.wait(for: updates.count)
    let stored = try await store.stored(among: updates)
    let times = await source.times()
    let history = state.withLock { $0.history }
    var outcome = InsertOutcome()
    var counts = Counts()
    counts.present = stored.count
    counts.unpublished = stored.values.count { !$0 }
    var due: [Int] = []
    for (index, update) in updates.enumerated() {
      if stored[index] != nil {
        outcome.existing.insert(index)
      } else if history.makesUndue(update, times: times) {
        counts.joinedLater += 1
        outcome.existing.insert(index)
      } else {
        due.append(index)
      }
    }
    if isDryRun {
      outcome.existing.formUnion(due)
    } else if !due.isEmpty {
      let inserted = try await store.insert(due.map { updates[$0] })
      // Another worker may have been faster.
      counts.present += inserted.existing.count
      for position in inserted.existing { outcome.existing.insert(due[position]) }
      for (position, reason) in inserted.refused { outcome.refused[due[position]] = reason }
      due.removeAll { outcome.existing.contains($0) || outcome.refused[$0] != nil }
    }
    for index in due { counts.missing[updates[index].content.updateType, default: 0] += 1 }
    state.withLock { $0.counts += counts }
    return outcome
  }

  /// Those of these updates that are stored and whose publication was never confirmed.
  public func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    try await store.unpublished(among: ids)
  }

  /// Stored updates of these events whose publication was never confirmed.
  public func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    try await store.unpublished(of: events, tenantId: tenantId, after: after, limit: limit)
  }

  /// Notes that the broker has confirmed these.
  public func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
    try await store.markPublished(ids, at: publishedAt)
  }
}

extension BackfillStore.Counts {
  fileprivate static func += (left: inout Self, right: Self) {
    left.missing.merge(right.missing, uniquingKeysWith: +)
    left.present += right.present
    left.unpublished += right.unpublished
    left.joinedLater += right.joinedLater
  }
}

extension MembershipHistory {
  /// Whether the recipient has joined the update's dialog since its event, and is not whom the event is about.
  fileprivate func makesUndue(_ update: Update, times: [EventKey: Double]) -> Bool {
    let content = update.content
    guard let dialogId = content.dialogId, content.subjectId != update.userId,
      let time = times[EventKey(tenantId: content.tenantId, eventId: content.eventId)]
    else { return false }
    let dialog = EntityKey(tenantId: content.tenantId, id: dialogId)
    return hasJoined(MemberKey(dialog: dialog, userId: update.userId), since: time)
  }
}
