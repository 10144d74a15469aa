package import CRabbitMQ
import Foundation
import TestServers

extension BrokerClient {
  /// Publishes a persistent message and waits for its confirm. `adjust` may change its properties; only files
  /// in a folder `C/` pass it.
  package func publish(
    _ body: [UInt8], to exchange: String, _ key: String, headers: [String: String] = [:],
    adjusting adjust: (inout amqp_basic_properties_t) -> Void = { _ in }
  ) throws {
    try send(body, to: exchange, key, headers: headers, adjust)
    try awaitConfirms(through: 1)
  }

  /// Publishes persistent messages in this order, then waits for their confirms.
  package func publish(_ bodies: [String], to exchange: String, _ key: String) throws {
    try publish(bodies.map { (Array($0.utf8), key) }, to: exchange)
  }

  /// Publishes persistent messages in this order, each with its routing key, then waits for their confirms.
  package func publish(_ messages: [(body: [UInt8], key: String)], to exchange: String) throws {
    for message in messages { try send(message.body, to: exchange, message.key, headers: [:]) { _ in } }
    try awaitConfirms(through: messages.count)
  }

  private func send(
    _ body: [UInt8], to exchange: String, _ key: String, headers: [String: String],
    _ adjust: (inout amqp_basic_properties_t) -> Void
  ) throws {
    let texts = headers.flatMap { [strdup($0.key), strdup($0.value)] }
    defer { texts.forEach { free($0) } }
    var entries = stride(from: 0, to: texts.count, by: 2).map { index in
      var entry = amqp_table_entry_t()
      entry.key = amqp_cstring_bytes(texts[index])
      entry.value.kind = UInt8(ascii: "S")
      entry.value.value.bytes = amqp_cstring_bytes(texts[index + 1])
      return entry
    }
    let status = entries.withUnsafeMutableBufferPointer { entries in
      var properties = amqp_basic_properties_t()
      properties._flags = UInt32(CHAT3_HAS_HEADERS.rawValue | CHAT3_HAS_DELIVERY_MODE.rawValue)
      properties.delivery_mode = 2
      properties.headers = amqp_table_t(num_entries: Int32(entries.count), entries: entries.baseAddress)
      adjust(&properties)
      return withBytes(exchange) { exchange in
        withBytes(key) { key in
          body.withUnsafeBytes { body in
            let body = amqp_bytes_t(len: body.count, bytes: .init(mutating: body.baseAddress))
            return amqp_basic_publish(state, 1, exchange, key, 0, 0, &properties, body)
          }
        }
      }
    }
    guard status == 0 else { throw TestServerError("cannot publish: \(status)") }
  }

  /// Waits until the server has confirmed `count` more messages.
  private func awaitConfirms(through count: Int) throws {
    let last = confirmed + UInt64(count)
    while confirmed < last {
      var frame = amqp_frame_t()
      var timeout = timeval(tv_sec: 30, tv_usec: 0)
      guard amqp_simple_wait_frame_noblock(state, &frame, &timeout) == 0,
        frame.payload.method.id == CHAT3_BASIC_ACK.rawValue,
        let ack = frame.payload.method.decoded?.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
      else { throw TestServerError("RabbitMQ does not confirm a message") }
      note(ack.delivery_tag, isMultiple: ack.multiple != 0)
      amqp_maybe_release_buffers(state)
    }
  }

  /// Takes all messages from a queue, in their order.
  package func drain(_ queue: String) throws -> [ReceivedMessage] {
    var messages: [ReceivedMessage] = []
    while let message = try get(queue) { messages.append(message) }
    return messages
  }

  /// Takes the next message from a queue; `nil` means that the queue is empty.
  ///
  /// - Parameter keeping: Leaves the message unacknowledged, so that it goes back to the queue when this client is
  ///   released.
  package func get(_ queue: String, keeping: Bool = false) throws -> ReceivedMessage? {
    amqp_maybe_release_buffers(state)
    let reply = withBytes(queue) { amqp_basic_get(state, 1, $0, keeping ? 0 : 1) }
    try check(reply, "get from the queue \(queue)")
    guard reply.reply.id == 0x3C0047, let decoded = reply.reply.decoded else { return nil }
    let ok = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
    var result = ReceivedMessage()
    (result.exchange, result.routingKey) = (text(ok.exchange), text(ok.routing_key))
    result.isRedelivered = ok.redelivered != 0
    var message = amqp_message_t()
    try check(amqp_read_message(state, 1, &message, 0), "read a message")
    defer { amqp_destroy_message(&message) }
    result.body = Array(UnsafeRawBufferPointer(start: message.body.bytes, count: message.body.len))
    let properties = message.properties
    result.properties = names(ofFlags: properties._flags)
    func value<T>(_ flag: chat3_amqp_property, _ value: T) -> T? {
      properties._flags & UInt32(flag.rawValue) != 0 ? value : nil
    }
    result.contentType = value(CHAT3_HAS_CONTENT_TYPE, text(properties.content_type))
    result.deliveryMode = value(CHAT3_HAS_DELIVERY_MODE, properties.delivery_mode)
    result.messageId = value(CHAT3_HAS_MESSAGE_ID, text(properties.message_id))
    result.type = value(CHAT3_HAS_TYPE, text(properties.type))
    result.timestamp = value(CHAT3_HAS_TIMESTAMP, properties.timestamp)
    result.expiration = value(CHAT3_HAS_EXPIRATION, text(properties.expiration))
    result.userId = value(CHAT3_HAS_USER_ID, text(properties.user_id))
    result.correlationId = value(CHAT3_HAS_CORRELATION_ID, text(properties.correlation_id))
    guard value(CHAT3_HAS_HEADERS, ()) != nil else { return result }
    for index in 0..<Int(properties.headers.num_entries) {
      let entry = properties.headers.entries[index]
      result.headers[text(entry.key)] =
        switch entry.value.kind {
        case UInt8(ascii: "S"): text(entry.value.value.bytes)
        case UInt8(ascii: "I"): "\(entry.value.value.i32)"
        default: "kind \(entry.value.kind)"
        }
    }
    return result
  }

  private func names(ofFlags flags: UInt32) -> Set<String> {
    var (names, rest): (Set<String>, UInt32) = ([], flags)
    for (name, flag) in Self.propertyNames where flags & UInt32(flag.rawValue) != 0 {
      names.insert(name)
      rest &= ~UInt32(flag.rawValue)
    }
    if rest != 0 { names.insert("unknown: \(rest)") }
    return names
  }

  private static let propertyNames: [String: chat3_amqp_property] = [
    "content-type": CHAT3_HAS_CONTENT_TYPE, "content-encoding": CHAT3_HAS_CONTENT_ENCODING,
    "headers": CHAT3_HAS_HEADERS, "delivery-mode": CHAT3_HAS_DELIVERY_MODE, "priority": CHAT3_HAS_PRIORITY,
    "correlation-id": CHAT3_HAS_CORRELATION_ID, "reply-to": CHAT3_HAS_REPLY_TO,
    "expiration": CHAT3_HAS_EXPIRATION, "message-id": CHAT3_HAS_MESSAGE_ID,
    "timestamp": CHAT3_HAS_TIMESTAMP, "type": CHAT3_HAS_TYPE, "user-id": CHAT3_HAS_USER_ID,
    "app-id": CHAT3_HAS_APP_ID,
  ]

  private func text(_ bytes: amqp_bytes_t) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
  }
}
