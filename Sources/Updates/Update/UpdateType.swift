/// The kinds of update that recipients get (spec section 3).
package enum UpdateType: String, Sendable, CaseIterable {
  /// A dialog was made, changed, deleted, or its members changed.
  case dialog = "DialogUpdate"
  /// The state of the recipient's own membership changed.
  case dialogMember = "DialogMemberUpdate"
  /// A message was made or changed, its status or reactions changed.
  case message = "MessageUpdate"
  /// Somebody is typing.
  case typing = "TypingUpdate"
  /// The recipient's own user record changed.
  case user = "UserUpdate"
  /// The recipient's counters changed; derived (spec section 6).
  case userStats = "UserStatsUpdate"

  /// AMQP allows no longer routing key, in bytes: it is a short string of the protocol (spec section 5).
  package static let longestRoutingKey = 255

  /// The second word of the routing key (spec section 5).
  package var category: String {
    switch self {
    case .dialog, .dialogMember, .message, .typing: "dialog"
    case .user, .userStats: "user"
    }
  }

  /// The last word of the routing key: the name in lower case (spec section 5).
  package var routingName: String {
    switch self {
    case .dialog: "dialogupdate"
    case .dialogMember: "dialogmemberupdate"
    case .message: "messageupdate"
    case .typing: "typingupdate"
    case .user: "userupdate"
    case .userStats: "userstatsupdate"
    }
  }

  /// `update.{category}.{userType}.{userId}.{updatetype}` (spec section 5).
  package func routingKey(userType: String, userId: Identifier) -> String {
    var key = "update."
    key.reserveCapacity(32 + userType.utf8.count + userId.string.utf8.count)
    key += category
    key += "."
    key += userType
    key += "."
    key += userId.string
    key += "."
    key += routingName
    return key
  }

  /// The type that made an update of this event type, `nil` for event types that make none.
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
