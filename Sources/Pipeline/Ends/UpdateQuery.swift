package import BSON
import Updates

/// Which updates to read; `nil` and `false` mean any.
package struct UpdateQuery: Sendable {
  /// The tenant.
  package var tenantId: String?
  /// The recipient.
  package var userId: String?
  /// The dialog.
  package var dialogId: String?
  /// The source event.
  package var eventId: ObjectId?
  /// Event types, any of which will do; empty: all.
  package var eventTypes: [String] = []
  /// Only those never confirmed.
  package var onlyUnpublished = false
  /// How many at most; 0: all.
  package var limit = 20

  /// Matches everything.
  package init() {}
}
