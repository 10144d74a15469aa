import CRabbitMQ
import LiveHarness

@testable import RabbitBroker

/// What a producer may give its message besides headers.
struct ProducerProperties {
  var contentType: StaticString?
  var contentEncoding: StaticString?
  var priority: UInt8?
  var correlationId: StaticString?
  var replyTo: StaticString?
  /// In milliseconds.
  var expiration: StaticString?
  var messageId: StaticString?
  /// In seconds since 1970.
  var timestamp: UInt64?
  var type: StaticString?
  var userId: String?
  var appId: StaticString?

  /// - Parameter userIdBytes: The bytes of ``userId``; they must live as long as `properties` is used.
  func set(in properties: inout amqp_basic_properties_t, userIdBytes: amqp_bytes_t) {
    func set<Value>(
      _ value: Value?, _ flag: chat3_amqp_property, _ store: (inout amqp_basic_properties_t, Value) -> Void
    ) {
      guard let value else { return }
      properties.set(flag)
      store(&properties, value)
    }
    set(contentType, CHAT3_HAS_CONTENT_TYPE) { $0.content_type = amqp_bytes_t($1) }
    set(contentEncoding, CHAT3_HAS_CONTENT_ENCODING) { $0.content_encoding = amqp_bytes_t($1) }
    set(priority, CHAT3_HAS_PRIORITY) { $0.priority = $1 }
    set(correlationId, CHAT3_HAS_CORRELATION_ID) { $0.correlation_id = amqp_bytes_t($1) }
    set(replyTo, CHAT3_HAS_REPLY_TO) { $0.reply_to = amqp_bytes_t($1) }
    set(expiration, CHAT3_HAS_EXPIRATION) { $0.expiration = amqp_bytes_t($1) }
    set(messageId, CHAT3_HAS_MESSAGE_ID) { $0.message_id = amqp_bytes_t($1) }
    set(timestamp, CHAT3_HAS_TIMESTAMP) { $0.timestamp = $1 }
    set(type, CHAT3_HAS_TYPE) { $0.type = amqp_bytes_t($1) }
    set(userId, CHAT3_HAS_USER_ID) { properties, _ in properties.user_id = userIdBytes }
    set(appId, CHAT3_HAS_APP_ID) { $0.app_id = amqp_bytes_t($1) }
  }
}

extension BrokerClient {
  /// Publishes a persistent message with these properties and waits for its confirm.
  func publish(
    _ body: [UInt8], to exchange: String, _ key: String, headers: [String: String] = [:],
    with given: ProducerProperties
  ) throws {
    var userId = given.userId ?? ""
    try userId.withUTF8 { text in
      let bytes = amqp_bytes_t(len: text.count, bytes: .init(mutating: UnsafeRawPointer(text.baseAddress)))
      try publish(body, to: exchange, key, headers: headers) { given.set(in: &$0, userIdBytes: bytes) }
    }
  }
}
