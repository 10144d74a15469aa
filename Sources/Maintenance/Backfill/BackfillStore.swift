package import Pipeline
package import BSON
import Synchronization
package import Updates

/// The update store of a backfill: it stores the updates that are missing and due, and nothing else. What is
/// stored stays as it is. Users who have joined a dialog since an event are not due its updates.
package final class BackfillStore: UpdateStore {
  /// What has been found so far, counted in updates.
  package struct Counts: Sendable, Equatable {
    /// Updates that were missing. They are stored now, except in a dry run.
    package var missing: [UpdateType: Int] = [:]
    /// Updates that were stored before.
    package var present = 0
    /// Those of ``present`` that were never confirmed.
    package var unpublished = 0
    /// Updates that are not due, because the recipient joined later.
    package var joinedLater = 0

    package init() {}

    package var totalMissing: Int { missing.values.reduce(0, +) }
  }

  private let store: any UpdateStore & UpdateRecords
  private let archive: any EventArchive
  private let range: EventRange
  private let pace: Pace?
  private let isDryRun: Bool
  private let state = Mutex((counts: Counts(), history: MembershipHistory()))

  /// Stores into `store` what is due for the archived events of `range`. In a dry run it only counts.
  package init(
    _ store: any UpdateStore & UpdateRecords, archive: any EventArchive, range: EventRange, pace: Pace?,
    isDryRun: Bool
  ) {
    self.store = store
    self.archive = archive
    self.range = range
    self.pace = pace
    self.isDryRun = isDryRun
  }

  package var counts: Counts { state.withLock { $0.counts } }

  /// Finds out who has joined which dialog since the start of the range. Call this before anything else.
  package func prepare() async throws {
    var range = range
    range.until = nil
    let history = try await MembershipHistory.read(archive, in: range)
    state.withLock { $0.history = history }
  }

  /// Stores the updates that are missing and due. In a dry run nothing counts as due.
  package func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    try await pace?.wait(for: updates.count)
    let stored = try await store.stored(among: updates)
    let history = state.withLock { $0.history }
    var counts = Counts()
    counts.present = stored.count
    counts.unpublished = stored.values.count { !$0 }
    var outcomes: [InsertOutcome] = Array(repeating: .notDue, count: updates.count)
    var due: [Int] = []
    for (index, update) in updates.enumerated() {
      if stored[index] != nil {
        outcomes[index] = .existing
      } else if history.makesUndue(update) {
        counts.joinedLater += 1
      } else {
        due.append(index)
      }
    }
    if isDryRun {
      for index in due { counts.missing[updates[index].content.updateType, default: 0] += 1 }
    } else if !due.isEmpty {
      for (index, outcome) in zip(due, try await store.insert(due.map { updates[$0] })) {
        outcomes[index] = outcome
        if outcome == .new { counts.missing[updates[index].content.updateType, default: 0] += 1 }
        // Another worker has stored it in the meantime.
        if outcome == .existing { counts.present += 1 }
      }
    }
    state.withLock { $0.counts += counts }
    return outcomes
  }

  package func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    try await store.unpublished(among: ids)
  }

  package func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    try await store.unpublished(of: events, tenantId: tenantId, after: after, limit: limit)
  }

  package func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
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
  /// Whether the recipient has joined the update's dialog since its event, and is not the user that the event
  /// is about.
  fileprivate func makesUndue(_ update: Update) -> Bool {
    let content = update.content
    guard let dialogId = content.dialogId, content.subjectId != update.userId,
      let time = content.eventCreatedAt
    else { return false }
    let dialog = EntityKey(tenantId: content.tenantId, id: dialogId)
    return hasJoined(MemberKey(dialog: dialog, userId: update.userId), since: time)
  }
}
