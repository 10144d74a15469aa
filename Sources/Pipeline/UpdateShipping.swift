import BSON
import Updates

/// Stores, publishes and marks chunks of updates.
struct UpdateShipping: Sendable {
  /// The event that updates belong to.
  final class Origin: Sendable {
    let event: EventKey
    let trace: TraceContext

    init(_ event: EventKey, trace: TraceContext) {
      self.event = event
      self.trace = trace
    }
  }

  /// An update and the event it belongs to.
  struct Entry: Sendable {
    var update: Update
    let origin: Origin
  }

  /// What became of some chunks.
  struct Outcome: Sendable {
    /// Counted.
    var tally = Tally()
    /// Events some of whose updates were stored before: maybe not all of those are published.
    var metAgain: Set<EventKey> = []
    /// Events some of whose updates cannot be stored, and why.
    var refused: [EventKey: String] = [:]
    /// Updates that cannot be published, and why.
    var unsendable: [UpdatePipeline.Unsendable] = []

    static func += (left: inout Outcome, right: Outcome) {
      left.tally += right.tally
      left.metAgain.formUnion(right.metAgain)
      left.refused.merge(right.refused) { first, _ in first }
      left.unsendable += right.unsendable
    }
  }

  let store: any UpdateStore
  let publisher: (any UpdatePublisher)?
  let clock: UpdateClock

  /// Stores the updates that are new, then publishes and marks those that are new or were never confirmed, in
  /// their order: a batch that is tried again after an outage keeps the order of its events.
  func ship(_ chunk: [Entry]) async throws -> Outcome {
    var chunk = chunk
    for index in chunk.indices { chunk[index].update.createdAt = clock.next() }
    let inserted = try await store.insert(chunk.map(\.update))
    CrashPoint.pass(.inserted)
    var outcome = Outcome()
    for (index, entry) in chunk.enumerated() {
      if inserted.existing.contains(index) {
        outcome.tally.alreadyStored += 1
        outcome.metAgain.insert(entry.origin.event)
      } else if let reason = inserted.refused[index] {
        outcome.refused[entry.origin.event] =
          "an update for \(entry.update.userId.string) cannot be stored: \(reason)"
      } else {
        outcome.tally.updates[entry.update.content.updateType, default: 0] += 1
      }
    }
    guard publisher != nil else { return outcome }
    var stored: [ObjectId: StoredUpdate] = [:]
    if !inserted.existing.isEmpty {
      let ids = inserted.existing.map { chunk[$0].update.id }
      for update in try await store.unpublished(among: ids) { stored[update.id] = update }
    }
    let publishedAt = clock.now()
    let messages = chunk.enumerated().compactMap { index, entry -> UpdateMessage? in
      if inserted.refused[index] != nil { return nil }
      if inserted.existing.contains(index) {
        return stored[entry.update.id].map {
          UpdateMessage($0, publishedAt: publishedAt, trace: entry.origin.trace)
        }
      }
      return UpdateMessage(entry.update, publishedAt: publishedAt, trace: entry.origin.trace)
    }
    if !messages.isEmpty { outcome += try await publish(messages, at: publishedAt) }
    return outcome
  }

  /// Publishes the stored updates of events of a tenant that were never confirmed, whoever they are for.
  func publishUnpublished(
    of events: [ObjectId: TraceContext], tenantId: Identifier, chunk: Int
  ) async throws -> Outcome {
    var outcome = Outcome()
    guard publisher != nil else { return outcome }
    var last: StoredUpdate?
    while true {
      let updates = try await store.unpublished(
        of: Array(events.keys), tenantId: tenantId, after: last, limit: chunk)
      guard let end = updates.last else { return outcome }
      let publishedAt = clock.now()
      let messages = updates.map {
        UpdateMessage($0, publishedAt: publishedAt, trace: events[$0.eventId] ?? TraceContext())
      }
      outcome += try await publish(messages, at: publishedAt)
      last = end
    }
  }

  /// Publishes messages of stored updates and marks those that were confirmed.
  func publish(_ messages: [UpdateMessage], at publishedAt: Double) async throws -> Outcome {
    var outcome = Outcome()
    guard let publisher else { return outcome }
    let failed = try await publisher.publish(messages)
    CrashPoint.pass(.confirmed)
    var confirmed: [ObjectId] = []
    confirmed.reserveCapacity(messages.count)
    for (index, message) in messages.enumerated() {
      if let reason = failed[index] {
        outcome.unsendable.append((message.id, reason))
      } else {
        confirmed.append(message.id)
      }
    }
    outcome.tally.unsendable = failed.count
    if !confirmed.isEmpty { try await store.markPublished(confirmed, at: publishedAt) }
    CrashPoint.pass(.marked)
    outcome.tally.published = confirmed.count
    return outcome
  }
}
