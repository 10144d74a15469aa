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
  /// The earliest `createdAt`, in milliseconds since 1970.
  package var since: Double?
  /// Only updates that follow this place match.
  package var cursor: UpdateCursor?
  /// The most updates to read; 0 means all.
  package var limit = 20

  package init() {}
}
