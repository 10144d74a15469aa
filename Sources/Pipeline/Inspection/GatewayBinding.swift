import BSON
package import Updates

/// What the gateway of a user binds, and to which queue (spec section 5).
package struct GatewayBinding: Sendable, Equatable {
  package let userType: String
  package let userId: Identifier

  package init(userType: String, userId: Identifier) {
    self.userType = userType
    self.userId = userId
  }

  /// The key under which the queue is bound to the exchange of updates.
  package var key: String { "update.*.\(userType).\(userId).*" }

  /// The queue of all the user's connections.
  package var queue: String { "user_\(userId)_updates" }

  /// The queue of one of the user's connections, with a place for its id.
  package var connectionQueue: String { "user_\(userId)_conn_{connId}_updates" }

  /// What is dangerous about the key, in sentences.
  package var warnings: [String] {
    var warnings: [String] = []
    for (name, text) in [("id", userId.string), ("type", userType)] {
      if text.contains("*") || text.contains("#") {
        warnings.append(
          "The user's \(name) holds * or #, which a binding may take for wildcards: do not bind this key, but "
            + "update.#, and check the headers tenantId and userId.")
      }
      if text.contains(".") {
        warnings.append(
          "The user's \(name) holds dots, so that keys of another user can be the same: check the headers "
            + "tenantId and userId.")
      }
    }
    let longest = UpdateType.allCases.map { $0.routingKey(userType: userType, userId: userId).utf8.count }
    if longest.contains(where: { $0 > UpdateType.longestRoutingKey }) {
      warnings.append(
        "Some routing keys of the user are longer than \(UpdateType.longestRoutingKey) bytes; their updates are "
          + "stored but cannot be published.")
    }
    return warnings
  }

  /// Whether this binding takes messages of this routing key.
  func takes(_ routingKey: String) -> Bool {
    UpdateType.allCases.contains { $0.routingKey(userType: userType, userId: userId) == routingKey }
  }
}
