import CRabbitMQ
import Foundation

@testable import RabbitBroker

/// A plain client for tests, written against the C library alone: what the adapter does is seen from outside.
/// Every failure is thrown. Used by one task.
final class Probe {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Message {
    var body: [UInt8]
    var exchange: String
    var routingKey: String
    var isRedelivered: Bool
    var headers: [String: String] = [:]
    var contentType: String?
    var deliveryMode: UInt8?
    var messageId: String?
    var type: String?
    var timestamp: UInt64?
    var expiration: String?
    var userId: String?
    var correlationId: String?
    var flags: UInt32
  }

  private let state: amqp_connection_state_t

  init(port: Int, virtualHost: String = "/") throws {
    guard let state = amqp_new_connection() else { throw Failure(description: "no memory") }
    self.state = state
    let socket = amqp_tcp_socket_new(state)
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    guard amqp_socket_open_noblock(socket, "127.0.0.1", Int32(port), &timeout) == 0 else {
      throw Failure(description: "cannot connect to port \(port)")
    }
    amqp_set_rpc_timeout(state, &timeout)
    var none = amqp_table_t()
    try check(chat3_login_plain(state, virtualHost, 0, 131_072, 0, &none, "guest", "guest"))
    amqp_channel_open(state, 1)
    try check()
    amqp_confirm_select(state, 1)
    try check()
  }

  deinit { amqp_destroy_connection(state) }

  func declareQueue(_ name: String, timeToLive: Int64? = nil) throws {
    var entry = amqp_table_entry_t()
    entry.key = amqp_bytes_t("x-message-ttl")
    entry.value.kind = UInt8(ascii: "l")
    entry.value.value.i64 = timeToLive ?? 0
    withUnsafeMutablePointer(to: &entry) { entry in
      let table = amqp_table_t(num_entries: timeToLive == nil ? 0 : 1, entries: entry)
      bytes(name) { _ = amqp_queue_declare(state, 1, $0, 0, 1, 0, 0, table) }
    }
    try check()
  }

  func declareExchange(_ name: String, type: String) throws {
    bytes(name) { name in bytes(type) { _ = amqp_exchange_declare(state, 1, name, $0, 0, 1, 0, 0, .init()) } }
    try check()
  }

  func bind(_ queue: String, to exchange: String, _ key: String) throws {
    bytes(queue) { queue in
      bytes(exchange) { exchange in bytes(key) { _ = amqp_queue_bind(state, 1, queue, exchange, $0, .init()) }
      }
    }
    try check()
  }

  /// How many messages are ready in a queue; fails when there is no such queue.
  func count(_ queue: String) throws -> Int {
    let count = bytes(queue) { amqp_queue_declare(state, 1, $0, 1, 0, 0, 0, .init())?.pointee.message_count }
    try check()
    return Int(count ?? 0)
  }

  func deleteQueue(_ queue: String) throws {
    bytes(queue) { _ = amqp_queue_delete(state, 1, $0, 0, 0) }
    try check()
  }

  /// Publishes and awaits the confirm.
  func publish(
    _ body: [UInt8], to exchange: String, _ key: String, headers: [String: String] = [:],
    _ adjust: (inout amqp_basic_properties_t) -> Void = { _ in }
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
      properties._flags = UInt32(CHAT3_HAS_HEADERS.rawValue)
      properties.headers = amqp_table_t(num_entries: Int32(entries.count), entries: entries.baseAddress)
      adjust(&properties)
      return bytes(exchange) { exchange in
        bytes(key) { key in
          body.withUnsafeBytes { body in
            let body = amqp_bytes_t(len: body.count, bytes: .init(mutating: body.baseAddress))
            return amqp_basic_publish(state, 1, exchange, key, 0, 0, &properties, body)
          }
        }
      }
    }
    guard status == 0 else { throw Failure(description: "publish: \(status)") }
    var frame = amqp_frame_t()
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    guard amqp_simple_wait_frame_noblock(state, &frame, &timeout) == 0,
      frame.payload.method.id == CHAT3_BASIC_ACK.rawValue
    else { throw Failure(description: "no confirm") }
  }

  /// Takes the next message from a queue, `nil` when it is empty.
  func get(_ queue: String) throws -> Message? {
    let reply = bytes(queue) { amqp_basic_get(state, 1, $0, 1) }
    try check(reply)
    guard reply.reply.id == 0x3C0047, let decoded = reply.reply.decoded else { return nil }
    let ok = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
    var result = Message(
      body: [], exchange: text(ok.exchange), routingKey: text(ok.routing_key),
      isRedelivered: ok.redelivered != 0,
      flags: 0)
    var message = amqp_message_t()
    try check(amqp_read_message(state, 1, &message, 0))
    defer { amqp_destroy_message(&message) }
    result.body = Array(UnsafeRawBufferPointer(start: message.body.bytes, count: message.body.len))
    let properties = message.properties
    result.flags = properties._flags
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
    result.correlationId = properties._flags & 1 << 10 != 0 ? text(properties.correlation_id) : nil
    if value(CHAT3_HAS_HEADERS, ()) != nil {
      for index in 0..<Int(properties.headers.num_entries) {
        let entry = properties.headers.entries[index]
        result.headers[text(entry.key)] =
          entry.value.kind == UInt8(ascii: "S") ? text(entry.value.value.bytes) : "kind \(entry.value.kind)"
      }
    }
    return result
  }

  private func check() throws { try check(amqp_get_rpc_reply(state)) }

  private func check(_ reply: amqp_rpc_reply_t) throws {
    guard reply.reply_type != AMQP_RESPONSE_NORMAL else { return }
    throw Failure(
      description: "reply type \(reply.reply_type.rawValue), method \(reply.reply.id), \(reply.library_error)"
    )
  }

  private func text(_ bytes: amqp_bytes_t) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
  }

  private func bytes<Result>(_ text: String, _ body: (amqp_bytes_t) throws -> Result) rethrows -> Result {
    var text = text
    return try text.withUTF8 {
      try body(amqp_bytes_t(len: $0.count, bytes: .init(mutating: UnsafeRawPointer($0.baseAddress))))
    }
  }
}
