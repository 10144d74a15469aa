package import BSON
package import Updates

/// The events of a dialog that have made updates.
package protocol DialogCatalog: Sendable {
  /// The last events of the dialog, newest first, at most `limit`, with their updates counted.
  ///
  /// - Parameter members: Users through whose updates a store may look, if it has no better way to them.
  func latestEvents(of dialog: EntityKey, seenBy members: [Identifier], limit: Int, patience: Duration)
    async throws -> DialogEvents
}

package struct DialogEvents: Sendable {
  package var events: [DialogEvent]
  package var searched: SearchedSpan
  /// The users among whose updates the events were found; `nil` when they were found without that.
  package var seenBy: [Identifier]?

  package init(_ events: [DialogEvent], searched: SearchedSpan, seenBy: [Identifier]? = nil) {
    self.events = events
    self.searched = searched
    self.seenBy = seenBy
  }
}

package struct DialogEvent: Sendable, Equatable {
  /// More updates of one event are not counted.
  package static let mostCounted = 10_000

  package let eventId: ObjectId
  package let eventType: String
  /// `createdAt` of the newest of its updates in the dialog, in milliseconds since 1970.
  package let createdAt: Double
  /// All its updates, the statistics that were derived from it too; at most ``mostCounted``.
  package let updates: Int
  /// Those of ``updates`` that were never confirmed.
  package let unpublished: Int

  package init(eventId: ObjectId, eventType: String, createdAt: Double, updates: Int, unpublished: Int) {
    self.eventId = eventId
    self.eventType = eventType
    self.createdAt = createdAt
    self.updates = updates
    self.unpublished = unpublished
  }
}
