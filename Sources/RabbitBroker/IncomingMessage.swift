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
  /// Headers of a dead letter that was sent back to the queue: how the event first arrived.
  var originalExchange: String?
  var originalRoutingKey: String?
  /// How often a quorum queue has delivered it before and got it back; 0 in any other queue.
  var deliveryCount: Int64 = 0
  var body: [UInt8] = []
}
