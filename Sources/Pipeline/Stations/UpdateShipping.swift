package import BSON
package import Updates

/// Stores, publishes and marks slices of updates.
package struct UpdateShipping: Sendable {
  /// The event that updates belong to, and its trace headers.
  final class Origin: Sendable {
    let eventKey: EventKey
    let trace: TraceContext

    init(_ eventKey: EventKey, trace: TraceContext) {
      self.eventKey = eventKey
      self.trace = trace
    }
  }

  struct Entry: Sendable {
    var update: Update
    let origin: Origin
  }

  /// What became of some slices.
  package struct Outcome: Sendable {
    package var tally = Tally()
    /// Events some of whose updates were stored before. These may not all have been published.
    var storedBefore: Set<EventKey> = []
    /// Events some of whose updates cannot be stored, and why.
    var refused: [EventKey: String] = [:]
    /// Updates that cannot be published, and why.
    package var unsendable: [UpdatePipeline.Unsendable] = []

    static func += (left: inout Outcome, right: Outcome) {
      left.tally += right.tally
      left.storedBefore.formUnion(right.storedBefore)
      left.refused.merge(right.refused) { first, _ in first }
      left.unsendable += right.unsendable
    }
  }

  let store: any UpdateStore
  let publisher: (any UpdatePublisher)?
  package let clock: UpdateClock
  private let watch: StationWatch

  /// Without a publisher nothing is published.
  package init(
    store: any UpdateStore, publisher: (any UpdatePublisher)?, clock: UpdateClock,
    watch: StationWatch = StationWatch()
  ) {
    self.store = store
    self.publisher = publisher
    self.clock = clock
    self.watch = watch
  }

  /// Stores the updates that are new, then publishes and marks those that are new or were never confirmed.
  /// All of this is done in order, so that a round that is tried again after an outage keeps the order of its
  /// events.
  func ship(_ slice: [Entry]) async throws -> Outcome {
    var slice = slice
    for index in slice.indices { slice[index].update.createdAt = clock.next() }
    let updates = slice.map(\.update)
    let inserted = try await watch.measure(.store) { try await store.insert(updates) }
    CrashPoint.pass(.inserted)
    var outcome = Outcome()
    var existing: [ObjectId] = []
    for (entry, insertion) in zip(slice, inserted) { outcome.note(insertion, of: entry, &existing) }
    watch.note(.stored(outcome.tally.updates, existing: outcome.tally.alreadyStored))
    guard publisher != nil else { return outcome }
    var stored: [ObjectId: StoredUpdate] = [:]
    if !existing.isEmpty {
      for update in try await store.unpublished(among: existing) { stored[update.id] = update }
    }
    let publishedAt = clock.now()
    let messages = zip(slice, inserted).compactMap { entry, insertion -> UpdateMessage? in
      switch insertion {
      case .new: UpdateMessage(entry.update, publishedAt: publishedAt, trace: entry.origin.trace)
      case .existing:
        stored[entry.update.id].map {
          UpdateMessage($0, publishedAt: publishedAt, trace: entry.origin.trace)
        }
      case .refused, .notDue: nil
      }
    }
    if !messages.isEmpty { outcome += try await publish(messages, at: publishedAt) }
    return outcome
  }

  /// Publishes the stored updates of a tenant's events that were never confirmed, whoever their recipients
  /// are.
  package func publishUnpublished(
    of events: [ObjectId: TraceContext], tenantId: Identifier, pageSize: Int
  ) async throws -> Outcome {
    var outcome = Outcome()
    guard publisher != nil else { return outcome }
    var last: StoredUpdate?
    while true {
      let updates = try await store.unpublished(
        of: Array(events.keys), tenantId: tenantId, after: last, limit: pageSize)
      guard let end = updates.last else { return outcome }
      let publishedAt = clock.now()
      let messages = updates.map {
        UpdateMessage($0, publishedAt: publishedAt, trace: events[$0.eventId] ?? TraceContext())
      }
      outcome += try await publish(messages, at: publishedAt)
      last = end
    }
  }

  /// Publishes the messages of stored updates, and marks the updates that were confirmed.
  package func publish(_ messages: [UpdateMessage], at publishedAt: Double) async throws -> Outcome {
    var outcome = Outcome()
    guard let publisher else { return outcome }
    watch.note(.publishing(messages.count))
    defer { watch.note(.publishingEnded(messages.count)) }
    let failed = try await watch.measure(.publish) { try await publisher.publish(messages) }
    if watch.isWatched { watch.note(.published(messages.types(without: failed), unsendable: failed.count)) }
    CrashPoint.pass(.confirmed)
    var confirmed: [ObjectId] = []
    confirmed.reserveCapacity(messages.count)
    for (index, message) in messages.enumerated() {
      if let reason = failed[index] {
        outcome.unsendable.append((message.id, message.type, reason))
      } else {
        confirmed.append(message.id)
      }
    }
    outcome.tally.unsendable = failed.count
    if !confirmed.isEmpty { try await mark(confirmed, at: publishedAt) }
    CrashPoint.pass(.marked)
    outcome.tally.published = confirmed.count
    return outcome
  }

  private func mark(_ confirmed: [ObjectId], at publishedAt: Double) async throws {
    try await watch.measure(.mark) { try await store.markPublished(confirmed, at: publishedAt) }
  }
}

extension UpdateShipping.Outcome {
  /// Counts what became of an update. An update that was stored before is added to `existing`.
  fileprivate mutating func note(
    _ insertion: InsertOutcome, of entry: UpdateShipping.Entry, _ existing: inout [ObjectId]
  ) {
    switch insertion {
    case .new: tally.updates[entry.update.content.updateType, default: 0] += 1
    case .existing:
      tally.alreadyStored += 1
      storedBefore.insert(entry.origin.eventKey)
      existing.append(entry.update.id)
    case .refused(let reason):
      // The first of an event is told, however its updates are cut into slices.
      let sentence = "an update for \(entry.update.userId.string) cannot be stored: \(reason)"
      refused[entry.origin.eventKey] = refused[entry.origin.eventKey] ?? sentence
    case .notDue: break
    }
  }
}

extension [UpdateMessage] {
  /// How many messages there are of each type, without those that have failed. Neighbours are mostly of one
  /// type, so they are counted in runs.
  fileprivate func types(without failed: [Int: String]) -> [UpdateType: Int] {
    var counts: [UpdateType: Int] = [:]
    var run: (type: UpdateType?, count: Int) = (nil, 0)
    for (index, message) in enumerated() where failed.isEmpty || failed[index] == nil {
      if message.type != run.type {
        if let type = run.type { counts[type, default: 0] += run.count }
        run = (message.type, 0)
      }
      run.count += 1
    }
    if let type = run.type { counts[type, default: 0] += run.count }
    return counts
  }
}
