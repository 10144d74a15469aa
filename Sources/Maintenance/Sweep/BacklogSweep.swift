package import Pipeline
package import BSON
package import Updates

/// A walk, oldest first, through the stored updates that were never confirmed and whose event may never be
/// delivered again. ``look(_:)`` fetches a page of them, and ``publish(_:)`` publishes and marks it (spec
/// sections 4 and 7.5).
///
/// The trace headers of events are not stored, so these messages have none.
package struct BacklogSweep: Sendable {
  /// The usual size of a page, in updates.
  package static let page = 500

  private let store: any UpdateBacklog
  private let shipping: UpdateShipping
  private let createdBefore: Double

  /// When the last update seen was made, in milliseconds since 1970. The next page begins after that time.
  package private(set) var position: Double?
  package private(set) var seen = 0
  /// Updates published, confirmed and marked.
  package private(set) var published = 0
  /// Updates that turned out to be unpublishable, and why.
  package private(set) var unsendable: [UpdatePipeline.Unsendable] = []
  /// Updates that are skipped, because they are known to be unpublishable.
  private let known: Set<ObjectId>

  /// Starts after `position`, or with the oldest of all.
  ///
  /// - Parameters:
  ///   - createdBefore: Only updates made before this time, in milliseconds since 1970, are published. Those
  ///     that a worker has just now in hand are left to it.
  ///   - known: Updates to skip.
  package init(
    store: any UpdateBacklog, publisher: any UpdatePublisher, createdBefore: Double,
    after position: Double? = nil, passingOver known: Set<ObjectId> = [], clock: UpdateClock = UpdateClock()
  ) {
    self.store = store
    shipping = UpdateShipping(store: store, publisher: publisher, clock: clock)
    self.createdBefore = createdBefore
    self.position = position
    self.known = known
  }

  /// Fetches the next page of about `limit` updates, but does not move on. An empty page means the end.
  package func look(_ limit: Int) async throws -> [StoredUpdate] {
    try await store.unpublished(after: position, before: createdBefore, limit: limit)
  }

  /// Whether the page has anything that is to be published.
  package func isWorthwhile(_ page: [StoredUpdate]) -> Bool {
    page.contains { !known.contains($0.id) }
  }

  /// Publishes the page in order, marks what was confirmed, and moves on to the end of the page.
  package mutating func publish(_ page: [StoredUpdate]) async throws {
    let publishedAt = shipping.clock.now()
    let messages = page.filter { !known.contains($0.id) }.map { UpdateMessage($0, publishedAt: publishedAt) }
    if !messages.isEmpty {
      let sent = try await shipping.publish(messages, at: publishedAt)
      try await shipping.mark(sent)
      published += sent.outcome.tally.published
      unsendable += sent.outcome.unsendable
    }
    seen += page.count
    position = page.last?.createdAt ?? position
  }
}
