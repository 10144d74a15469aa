package import BSON
package import Updates

/// Stores, publishes and marks updates.
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

  /// What became of some updates.
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

  /// What became of updates in the store, and the messages of those that are new or were never confirmed, in order.
  struct Stored: Sendable {
    var outcome = Outcome()
    var messages: [UpdateMessage] = []
    /// In milliseconds since 1970.
    var publishedAt = 0.0
  }

  /// Stores the updates that are new.
  func store(_ entries: [Entry]) async throws -> Stored {
    var entries = entries
    for index in entries.indices { entries[index].update.createdAt = clock.next() }
    let updates = entries.map(\.update)
    let inserted = try await watch.measure(.store) { try await store.insert(updates) }
    CrashPoint.pass(.inserted)
    var outcome = Outcome()
    var existing: [ObjectId] = []
    for (entry, insertion) in zip(entries, inserted) { outcome.note(insertion, of: entry, &existing) }
    watch.note(.stored(outcome.tally.updates, existing: outcome.tally.alreadyStored))
    guard publisher != nil else { return Stored(outcome: outcome) }
    var stored: [ObjectId: StoredUpdate] = [:]
    if !existing.isEmpty {
      for update in try await store.unpublished(among: existing) { stored[update.id] = update }
    }
    let publishedAt = clock.now()
    let messages = zip(entries, inserted).compactMap { entry, insertion -> UpdateMessage? in
      switch insertion {
      case .new: UpdateMessage(entry.update, publishedAt: publishedAt, trace: entry.origin.trace)
      case .existing:
        stored[entry.update.id].map {
          UpdateMessage($0, publishedAt: publishedAt, trace: entry.origin.trace)
        }
      case .refused, .notDue: nil
      }
    }
    return Stored(outcome: outcome, messages: messages, publishedAt: publishedAt)
  }

  /// Publishes the stored updates of a tenant's events that were never confirmed, whoever their recipients
  /// are.
  ///
  /// - Parameter tried: Updates that are known to be unsendable.
  package func publishUnpublished(
    of events: [ObjectId: TraceContext], tenantId: Identifier, without tried: Set<ObjectId> = [],
    pageSize: Int
  ) async throws -> Outcome {
    var outcome = Outcome()
    guard publisher != nil else { return outcome }
    var last: StoredUpdate?
    while true {
      let updates = try await store.unpublished(
        of: Array(events.keys), tenantId: tenantId, after: last, limit: pageSize)
      guard let end = updates.last else { return outcome }
      let publishedAt = clock.now()
      let messages = updates.filter { !tried.contains($0.id) }.map {
        UpdateMessage($0, publishedAt: publishedAt, trace: events[$0.eventId] ?? TraceContext())
      }
      let sent = try await publish(messages, at: publishedAt)
      outcome += sent.outcome
      try await mark(sent)
      last = end
    }
  }

  /// Messages that the broker has confirmed, and that are to be marked.
  package struct Sent: Sendable {
    package fileprivate(set) var outcome = Outcome()
    fileprivate var confirmed: [ObjectId] = []
    fileprivate var publishedAt = 0.0

    package init() {}
  }

  /// Publishes the messages of stored updates.
  package func publish(_ messages: [UpdateMessage], at publishedAt: Double) async throws -> Sent {
    var sent = Sent()
    guard let publisher, !messages.isEmpty else { return sent }
    watch.note(.publishing(messages.count))
    defer { watch.note(.publishingEnded(messages.count)) }
    let failed = try await watch.measure(.publish) { try await publisher.publish(messages) }
    if watch.isWatched { watch.note(.published(messages.types(without: failed), unsendable: failed.count)) }
    CrashPoint.pass(.confirmed)
    sent.publishedAt = publishedAt
    sent.confirmed.reserveCapacity(messages.count)
    for (index, message) in messages.enumerated() {
      if let reason = failed[index] {
        sent.outcome.unsendable.append((message.id, message.type, reason))
      } else {
        sent.confirmed.append(message.id)
      }
    }
    sent.outcome.tally.unsendable = failed.count
    sent.outcome.tally.published = sent.confirmed.count
    return sent
  }

  /// Marks the updates whose messages were confirmed.
  package func mark(_ sent: Sent) async throws {
    if !sent.confirmed.isEmpty {
      try await watch.measure(.mark) { try await store.markPublished(sent.confirmed, at: sent.publishedAt) }
    }
    CrashPoint.pass(.marked)
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
      // The first of an event is told, however its updates are spread over rounds.
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
