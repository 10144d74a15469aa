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

/// A message as it was delivered.
struct IncomingMessage: Sendable {
  var tag: UInt64
  var isRedelivered: Bool
  var exchange: String
  var routingKey: String
  /// AMQP's encoding of the properties and headers.
  var properties: [UInt8] = []
  var traceParent: String?
  var traceState: String?
  /// Headers of a dead letter that was sent back to the queue: how the event came at first.
  var originalExchange: String?
  var originalRoutingKey: String?
  var body: [UInt8] = []
}
