import BSON

/// A dead letter as it lies in its queue (spec section 8).
public struct DeadLetterRecord: Sendable {
  /// Its place in the queue, from 1 on: the first is the oldest.
  public let number: Int
  /// The body of the event's message, byte for byte.
  public let body: [UInt8]
  /// Its AMQP properties but the headers, under their names in camel case.
  public let properties: BSONDocument
  /// Its headers but those that are said by the other fields.
  public let headers: BSONDocument
  /// What is wrong with the event, in words.
  public let reason: String?
  /// When it failed: ISO 8601, UTC.
  public let failedAt: String?
  /// The exchange that the event was published to.
  public let exchange: String?
  /// The routing key that the event was published with.
  public let routingKey: String?

  /// As it was delivered.
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
    for header in headers
    where !["x-error", "x-failed-at", "x-original-exchange", "x-original-routing-key"].contains(header.key) {
      others.append(header)
    }
    self.headers = others.finish()
  }
}
