package import BSON

/// A dead letter as it is in its queue (spec section 8).
package struct DeadLetterRecord: Sendable {
  /// Its place in the queue, counted from 1; the first letter is the oldest.
  package let number: Int
  /// The body of the event's message, byte for byte.
  package let body: [UInt8]
  /// Its AMQP properties except the headers, under their names in camel case.
  package let properties: BSONDocument
  /// Its headers except those that the other fields hold, and those with which a quorum queue counts deliveries.
  package let headers: BSONDocument
  /// What is wrong with the event, in words.
  package let reason: String?
  /// When it failed: ISO 8601, UTC.
  package let failedAt: String?
  /// The exchange that the event was published to.
  package let exchange: String?
  /// The routing key that the event was published with.
  package let routingKey: String?

  private static let ownHeaders = Set(DeadLetterHeaders.all.map(\.description))

  /// The letter as it was delivered.
  let message: IncomingMessage

  init(_ message: IncomingMessage, number: Int) {
    self.number = number
    self.message = message
    body = message.body
    let (properties, headers) = MessageProperties.document(message.properties)
    self.properties = properties
    reason = headers["x-error"]?.string
    failedAt = headers["x-failed-at"]?.string
    exchange = headers["x-original-exchange"]?.string
    routingKey = headers["x-original-routing-key"]?.string
    var others = BSONWriter()
    for header in headers where !Self.ownHeaders.contains(header.key) { others.append(header) }
    self.headers = others.finish()
  }
}
