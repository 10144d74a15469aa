/// The fields of an update's document (spec section 4). Their names and their order are defined only here:
/// the database's BSON, the message's JSON and what a query fetches all follow this table.
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

  /// All fields in their order, made once.
  static let all = allCases

  /// Whether the message's body has the field (spec section 5). Only the routing key is left out, under which
  /// the message is sent.
  package var isInMessage: Bool { self != .routingKey }

  /// Whether all updates of one event and type have the same value, which is then encoded only once.
  var isShared: Bool {
    switch self {
    case .tenantId, .entityId, .eventId, .eventType: true
    case .id, .userId, .data, .routingKey, .published, .publishedAt, .createdAt: false
    }
  }
}
