import BSON
import Updates

/// A store whose state can be changed by the state lines of a timeline (spec section 9).
package protocol StateStore: Sendable {
  /// Applies the whole change or nothing of it.
  func apply(_ change: StateChange) async throws
}
