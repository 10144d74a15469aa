/// Why somebody gets the ordinary update of an event, or does not (spec section 3). The planner decides by it.
package enum RecipientReason: Sendable, Equatable {
  /// The event itself names them as a recipient.
  case named
  /// They are an active member of the dialog.
  case activeMember
  /// They are the one who is typing.
  case typist
  /// They have a membership of the dialog whose `isActive` is false.
  case formerMember
  /// They have no membership of the dialog.
  case stranger
  /// Only the one whom the event names is a recipient.
  case othersOnly

  package var getsUpdate: Bool {
    switch self {
    case .named, .activeMember: true
    case .typist, .formerMember, .stranger, .othersOnly: false
    }
  }
}
