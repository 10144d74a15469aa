/// The fields of an update's document (spec section 4). This is the one place where their names and their order stand:
/// the database's BSON, the message's JSON and what a query fetches are all made from it.
package enum UpdateField: String, CaseIterable, Sendable {
  case id = "_id"
  case tenantId
  case userId
  case entityId
  case eventId
  case eventType
  case data
  case routingKey
  case published
  case publishedAt
  case createdAt

  /// Whether the message's body has it (spec section 5): everything but the routing key, under which it is sent.
  package var isInMessage: Bool { self != .routingKey }

  /// Whether all updates of one event and type have the same value, so that it is encoded once for all of them.
  var isShared: Bool {
    switch self {
    case .tenantId, .entityId, .eventId, .eventType: true
    case .id, .userId, .data, .routingKey, .published, .publishedAt, .createdAt: false
    }
  }
}
