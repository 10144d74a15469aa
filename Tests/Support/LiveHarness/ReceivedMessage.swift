/// A message as a consumer gets it. A property is `nil` if the message does not have it.
package struct ReceivedMessage: Sendable {
  package var body: [UInt8] = []
  package var exchange = ""
  package var routingKey = ""
  /// Whether the server says that it was delivered before.
  package var isRedelivered = false
  /// The properties that it has, by their names in AMQP, `headers` among them.
  package var properties: Set<String> = []
  /// Headers of text as they are, integers in digits; for any other type, the words `kind` and the type's
  /// code.
  package var headers: [String: String] = [:]
  package var contentType: String?
  package var deliveryMode: UInt8?
  package var messageId: String?
  package var type: String?
  /// In seconds since 1970.
  package var timestamp: UInt64?
  /// In milliseconds.
  package var expiration: String?
  package var userId: String?
  package var correlationId: String?
}
