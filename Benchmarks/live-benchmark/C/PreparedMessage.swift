import BSON
import Updates
import CRabbitMQ
import Pipeline

/// A message that is encoded for librabbitmq. Its bytes live in an arena.
struct PreparedMessage {
  let routingKey: amqp_bytes_t
  let properties: amqp_basic_properties_t
  let body: amqp_bytes_t

  /// An update, with the properties that the worker sends.
  init(_ message: UpdateMessage, in arena: Arena) {
    routingKey = arena.bytes(message.routingKey)
    body = arena.bytes(message.body)
    var properties = Self.persistent()
    properties.message_id = arena.bytes(message.id.description)
    properties.timestamp = UInt64(message.createdAt / 1000)
    properties.headers = arena.table([
      amqp_table_entry_t("tenantId", arena.bytes(message.tenantId.string)),
      amqp_table_entry_t("userId", arena.bytes(message.userId.string)),
      amqp_table_entry_t("eventType", arena.bytes(message.eventType)),
      amqp_table_entry_t("eventId", arena.bytes(message.eventId.description)),
    ])
    properties.type = arena.bytes(message.type?.rawValue ?? "")
    for flag in [CHAT3_HAS_MESSAGE_ID, CHAT3_HAS_TIMESTAMP, CHAT3_HAS_HEADERS, CHAT3_HAS_TYPE] {
      properties._flags |= UInt32(flag.rawValue)
    }
    self.properties = properties
  }

  /// An event.
  init(event: [UInt8], in arena: Arena) {
    routingKey = amqp_bytes_t("message.create.tnt_default")
    body = arena.bytes(event)
    properties = Self.persistent()
  }

  private static func persistent() -> amqp_basic_properties_t {
    var properties = amqp_basic_properties_t()
    properties.content_type = amqp_bytes_t("application/json")
    properties.delivery_mode = 2
    properties._flags = UInt32(CHAT3_HAS_CONTENT_TYPE.rawValue) | UInt32(CHAT3_HAS_DELIVERY_MODE.rawValue)
    return properties
  }
}
