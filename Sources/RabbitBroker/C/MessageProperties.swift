package import BSON
import CRabbitMQ

/// The properties and headers of a message, which are kept in AMQP's encoding.
package enum MessageProperties {
  /// How deep tables and arrays in headers are read, as in an event. What is nested deeper becomes null.
  static let deepest = 100

  /// Lends the decoded properties, which are valid until `body` returns. What cannot be decoded counts as no
  /// properties.
  static func lend<Result>(_ encoded: [UInt8], _ body: (amqp_basic_properties_t) -> Result) -> Result {
    var pool = amqp_pool_t()
    init_amqp_pool(&pool, 4096)
    defer { empty_amqp_pool(&pool) }
    // What is decoded points into these bytes.
    return encoded.withUnsafeBytes { encoded in
      var decoded: UnsafeMutableRawPointer?
      let basic = UInt16(CHAT3_BASIC_CLASS.rawValue)
      guard encoded.count > 0, amqp_decode_properties(basic, &pool, amqp_bytes_t(encoded), &decoded) >= 0,
        let decoded
      else { return body(amqp_basic_properties_t()) }
      return body(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
    }
  }

  /// Documents for people and programs to read: the properties that are present, under their names in camel
  /// case, and the headers.
  package static func document(_ encoded: [UInt8]) -> (properties: BSONDocument, headers: BSONDocument) {
    lend(encoded) { decoded in
      var properties = BSONWriter()
      func append(_ name: String, _ flag: chat3_amqp_property, _ value: amqp_bytes_t) {
        if decoded.has(flag) { properties.append(name, value.text) }
      }
      append("contentType", CHAT3_HAS_CONTENT_TYPE, decoded.content_type)
      append("contentEncoding", CHAT3_HAS_CONTENT_ENCODING, decoded.content_encoding)
      if decoded.has(CHAT3_HAS_DELIVERY_MODE) {
        properties.append("deliveryMode", Int64(decoded.delivery_mode))
      }
      if decoded.has(CHAT3_HAS_PRIORITY) { properties.append("priority", Int64(decoded.priority)) }
      append("correlationId", CHAT3_HAS_CORRELATION_ID, decoded.correlation_id)
      append("replyTo", CHAT3_HAS_REPLY_TO, decoded.reply_to)
      append("expiration", CHAT3_HAS_EXPIRATION, decoded.expiration)
      append("messageId", CHAT3_HAS_MESSAGE_ID, decoded.message_id)
      if decoded.has(CHAT3_HAS_TIMESTAMP) {
        properties.append("timestamp", Int64(clamping: decoded.timestamp))
      }
      append("type", CHAT3_HAS_TYPE, decoded.type)
      append("userId", CHAT3_HAS_USER_ID, decoded.user_id)
      append("appId", CHAT3_HAS_APP_ID, decoded.app_id)
      var headers = BSONWriter()
      for entry in decoded.headerEntries { headers.append(entry.key.key, entry.value, level: 1) }
      return (properties.finish(), headers.finish())
    }
  }
}

extension amqp_basic_properties_t {
  /// The headers, which live as long as what they were decoded from.
  var headerEntries: UnsafeBufferPointer<amqp_table_entry_t> {
    UnsafeBufferPointer(
      start: headers.entries, count: has(CHAT3_HAS_HEADERS) ? Int(headers.num_entries) : 0)
  }
}

extension amqp_bytes_t {
  /// The bytes as a key of a document, which cannot contain NUL.
  fileprivate var key: String { text.replacing("\0", with: "\u{FFFD}") }
}

extension BSONWriter {
  /// Appends a header's value; a value of an unknown kind becomes null.
  fileprivate mutating func append(_ key: String, _ field: amqp_field_value_t, level: Int) {
    if let integer = field.integer {
      append(key, integer)
      return
    }
    let value = field.value
    switch UnicodeScalar(field.kind) {
    case "S", "x": append(key, value.bytes.text)
    case "t": append(key, value.boolean != 0)
    case "f": append(key, Double(value.f32))
    case "d": append(key, value.f64)
    case "F" where level < MessageProperties.deepest:
      open(key)
      for entry in UnsafeBufferPointer(start: value.table.entries, count: Int(value.table.num_entries)) {
        append(entry.key.key, entry.value, level: level + 1)
      }
      close()
    case "A" where level < MessageProperties.deepest:
      open(key, as: .array)
      for (index, entry) in UnsafeBufferPointer(
        start: value.array.entries, count: Int(value.array.num_entries)
      ).enumerated() {
        append(String(index), entry, level: level + 1)
      }
      close()
    default: appendNull(key)
    }
  }
}
