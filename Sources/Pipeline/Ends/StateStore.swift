import BSON
import Updates

/// A store whose state timelines may change.
package protocol StateStore: Sendable {
  /// Applies all of the change, or nothing.
  func apply(_ change: StateChange) async throws
}
