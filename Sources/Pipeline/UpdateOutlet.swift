import BSON
import Updates

/// The last stations: collects updates into chunks; each is stored, published, confirmed and marked.
struct UpdateOutlet {
  private let store: any UpdateStore
  private let publisher: (any UpdatePublisher)?
  private let clock: UpdateClock
  private let limits: PipelineLimits

  private var waiting: [(update: Update, event: EventKey, trace: TraceContext)] = []
  private var waitingBytes = 0

  /// What happened so far.
  private(set) var tally = Tally()
  /// Events some of whose updates were stored before: maybe not all of those are published.
  private(set) var metAgain: Set<EventKey> = []
  /// Events some of whose updates cannot be stored, and why.
  private(set) var refused: [EventKey: String] = [:]
  /// Updates that cannot be published, and why.
  private(set) var unsendable: [(id: ObjectId, reason: String)] = []

  init(
    store: any UpdateStore, publisher: (any UpdatePublisher)?, clock: UpdateClock, limits: PipelineLimits
  ) {
    self.store = store
    self.publisher = publisher
    self.clock = clock
    self.limits = limits
  }

  /// Takes updates of one event in their order; stores and publishes when a chunk is full.
  mutating func take(_ updates: [Update], of event: EventKey, trace: TraceContext) async throws {
    for update in updates {
      waiting.append((update, event, trace))
      waitingBytes += update.sharedBytes
      if waiting.count >= limits.updatesPerChunk || waitingBytes >= limits.bytesPerChunk { try await flush() }
    }
  }

  /// Stores and publishes what waits.
  mutating func flush() async throws {
    guard !waiting.isEmpty else { return }
    for index in waiting.indices { waiting[index].update.createdAt = clock.next() }
    let chunk = waiting
    waiting.removeAll(keepingCapacity: true)
    waitingBytes = 0
    let outcome = try await store.insert(chunk.map(\.update))
    var fresh: [(update: Update, event: EventKey, trace: TraceContext)] = []
    fresh.reserveCapacity(chunk.count)
    for (index, entry) in chunk.enumerated() {
      if outcome.existing.contains(index) {
        tally.alreadyStored += 1
        metAgain.insert(entry.event)
      } else if let reason = outcome.refused[index] {
        refused[entry.event] = "an update for \(entry.update.userId.string) cannot be stored: \(reason)"
      } else {
        tally.updates[entry.update.content.updateType, default: 0] += 1
        fresh.append(entry)
      }
    }
    guard publisher != nil, !fresh.isEmpty else { return }
    let publishedAt = clock.now()
    try await publish(
      fresh.map { UpdateMessage($0.update, publishedAt: publishedAt, trace: $0.trace) }, at: publishedAt)
  }

  /// Publishes the stored updates of an event that were never confirmed, whoever they are for.
  mutating func publishUnpublished(of event: EventKey, trace: TraceContext) async throws {
    guard publisher != nil else { return }
    var last: ObjectId?
    while true {
      let updates = try await store.unpublished(of: event, after: last, limit: limits.updatesPerChunk)
      guard let end = updates.last else { return }
      let publishedAt = clock.now()
      try await publish(
        updates.map { UpdateMessage($0, publishedAt: publishedAt, trace: trace) }, at: publishedAt)
      last = end.id
    }
  }

  private mutating func publish(_ messages: [UpdateMessage], at publishedAt: Double) async throws {
    guard let publisher else { return }
    let failed = try await publisher.publish(messages)
    var confirmed: [ObjectId] = []
    confirmed.reserveCapacity(messages.count)
    for (index, message) in messages.enumerated() {
      if let reason = failed[index] {
        unsendable.append((message.id, reason))
        tally.unsendable += 1
      } else {
        confirmed.append(message.id)
      }
    }
    guard !confirmed.isEmpty else { return }
    try await store.markPublished(confirmed, at: publishedAt)
    tally.published += confirmed.count
  }
}
