package import Pipeline
package import BSON
package import Updates

/// A walk through the stored updates that were never confirmed and whose event may not come again, oldest first:
/// each page that ``look(_:)`` finds is published and marked by ``publish(_:)`` (spec sections 4 and 7.5).
///
/// The trace headers of the event are not stored, so these messages have none.
package struct BacklogSweep: Sendable {
  /// Updates of a page.
  package static let page = 500

  private let store: any UpdateBacklog
  private let shipping: UpdateShipping
  private let createdBefore: Double

  /// When the last that was seen was made, in milliseconds since 1970: the next page begins after that.
  package private(set) var position: Double?
  /// Updates seen.
  package private(set) var seen = 0
  /// Updates published, confirmed and marked.
  package private(set) var published = 0
  /// Updates that were found to be such as cannot be published, and why.
  package private(set) var unsendable: [UpdatePipeline.Unsendable] = []
  /// Updates that are passed over: known to be such as cannot be published.
  private let known: Set<ObjectId>

  /// Starts after `position`, or with the oldest of all.
  ///
  /// - Parameters:
  ///   - createdBefore: Only updates made before this time, in milliseconds since 1970: what a worker has in hand just
  ///     now is left to it.
  ///   - known: Updates to pass over.
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

  /// The next page of about so many, without going there; empty at the end.
  package func look(_ limit: Int) async throws -> [StoredUpdate] {
    try await store.unpublished(after: position, before: createdBefore, limit: limit)
  }

  /// Whether there is anything in the page that is to be published.
  package func isWorthwhile(_ page: [StoredUpdate]) -> Bool {
    page.contains { !known.contains($0.id) }
  }

  /// Publishes the page in its order, marks what was confirmed, and goes behind it.
  package mutating func publish(_ page: [StoredUpdate]) async throws {
    let publishedAt = shipping.clock.now()
    let messages = page.filter { !known.contains($0.id) }.map { UpdateMessage($0, publishedAt: publishedAt) }
    if !messages.isEmpty {
      let outcome = try await shipping.publish(messages, at: publishedAt)
      published += outcome.tally.published
      unsendable += outcome.unsendable
    }
    seen += page.count
    position = page.last?.createdAt ?? position
  }
}
