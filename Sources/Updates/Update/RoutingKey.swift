/// The routing key of an update (spec section 5).
extension UpdateType {
  /// The length in bytes of the longest routing key that AMQP allows: it is a short string (spec section 5).
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
}
