/// Why somebody gets statistics that are derived from an event, or does not (spec section 6). The planner decides by
/// it.
package enum StatisticsReason: Sendable, Equatable {
  /// They were added to the dialog, or removed from it.
  case joinedOrLeft
  /// The event says that their `unreadCount` has changed.
  case unreadCountChanged
  /// The message is the oldest of their unread ones: of `unread` messages (U), `newer` (L) are newer than it and not
  /// their own, and U − L = 1.
  case madeUnread(unread: Double, newer: Int)
  /// U − L is not 1.
  case notMadeUnread(unread: Double, newer: Int)
  /// They sent the message.
  case sender
  /// The event does not say that the member's `unreadCount` has changed.
  case unreadCountUnchanged
  /// Only the statistics of the member whom the event is about may change.
  case othersOnly
  /// They have a membership of the dialog whose `isActive` is false.
  case formerMember
  /// They have no membership of the dialog.
  case stranger
  /// No statistics are derived from events of this type.
  case noneDerived

  package var getsUpdate: Bool {
    switch self {
    case .joinedOrLeft, .unreadCountChanged, .madeUnread: true
    case .notMadeUnread, .sender, .unreadCountUnchanged, .othersOnly, .formerMember, .stranger, .noneDerived:
      false
    }
  }
}
