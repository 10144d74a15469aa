package import BSON
import Updates

/// Which updates to read. `nil` and `false` match any update.
package struct UpdateQuery: Sendable {
  package var tenantId: String?
  /// The recipient.
  package var userId: String?
  package var dialogId: String?
  package var eventId: ObjectId?
  /// The update must have one of these event types; an empty array matches all.
  package var eventTypes: [String] = []
  /// Whether only updates that were never confirmed match.
  package var onlyUnpublished = false
  /// Whether only updates that were confirmed match.
  package var onlyPublished = false
  /// What must not match.
  package var excluded = Exclusion()
  /// The earliest `createdAt`, in milliseconds since 1970.
  package var since: Double?
  /// Only updates that follow this place match.
  package var cursor: UpdateCursor?
  /// The most updates to read; 0 means all.
  package var limit = 20

  package init() {}
}

extension UpdateQuery {
  /// An update that has one of these values does not match.
  package struct Exclusion: Sendable, Equatable {
    package var tenantIds: [String] = []
    /// Recipients.
    package var userIds: [String] = []
    package var dialogIds: [String] = []
    package var eventIds: [ObjectId] = []
    package var eventTypes: [String] = []

    package init() {}

    package var isEmpty: Bool { self == Exclusion() }
  }
}
