/// What the server sends of its own accord. The frames of a message are put together.
enum BrokerFrame: Sendable {
  case delivery(IncomingMessage)
  case returned(reason: String)
  case acknowledged(through: UInt64, multiple: Bool)
  case refused(through: UInt64, multiple: Bool)
  case consumerCancelled
  case blocked(reason: String)
  case unblocked
  case closed(BrokerRefusal)
  case other(UInt32)
}
