/// The kinds of update that recipients get (spec section 3).
package enum UpdateType: String, Sendable, CaseIterable {
  /// A dialog was created, changed or deleted, or its members changed.
  case dialog = "DialogUpdate"
  /// The state of the recipient's own membership changed.
  case dialogMember = "DialogMemberUpdate"
  /// A message was created or changed, or its statuses or reactions changed.
  case message = "MessageUpdate"
  /// Somebody is typing.
  case typing = "TypingUpdate"
  /// The recipient's own user record changed.
  case user = "UserUpdate"
  /// The recipient's counters changed; derived (spec section 6).
  case userStats = "UserStatsUpdate"

  /// The type of the updates that have this `eventType`; `nil` for event types that make none.
  package init?(eventType: String) {
    if eventType == EventType.derivedStatistics {
      self = .userStats
    } else if let type = EventType(rawValue: eventType) {
      self = type.rule.updateType
    } else {
      return nil
    }
  }
}
