/// What comes from the server unasked, complete messages put together.
enum BrokerFrame: Sendable {
  case delivery(IncomingMessage)
  case returned(reason: String)
  /// What a get is answered with when the queue is empty.
  case nothingToGet
  case acknowledged(through: UInt64, multiple: Bool)
  case refused(through: UInt64, multiple: Bool)
  case consumerCancelled
  case blocked(reason: String)
  case unblocked
  case closed(BrokerRefusal)
  case other(UInt32)
}
