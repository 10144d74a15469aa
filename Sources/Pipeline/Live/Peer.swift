/// What the live worker depends on, as logs, metrics and health name it.
package enum Peer: String, Sendable, CaseIterable {
  case mongodb
  /// RabbitMQ, on the connection that events come from.
  case consume
  /// RabbitMQ, on the connection that updates go to.
  case publish
}
