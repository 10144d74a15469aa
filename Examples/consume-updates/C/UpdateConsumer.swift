import CRabbitMQ
import Foundation

/// One connection with one channel to RabbitMQ, for one task. It reads the addresses and logs in as the URL says;
/// TLS is left out of this example.
final class UpdateConsumer {
  struct Message {
    let tag: UInt64
    let id: String
    let type: String
    let headers: [String: String]
    let body: Data
  }

  private let connection: amqp_connection_state_t

  init(url: String) throws {
    var address = amqp_connection_info()
    // librabbitmq writes the parts of the URL into the copy and points at them.
    let copy = strdup(url)
    defer { free(copy) }
    guard amqp_parse_url(copy, &address) == AMQP_STATUS_OK.rawValue, address.ssl == 0 else {
      throw ConsumerError(
        "\(url.split(separator: "@").last ?? "") is no URL that this example can use: amqp://…")
    }
    guard let connection = amqp_new_connection() else { throw ConsumerError("librabbitmq has no memory") }
    self.connection = connection
    guard let socket = amqp_tcp_socket_new(connection),
      amqp_socket_open(socket, address.host, address.port) == AMQP_STATUS_OK.rawValue
    else { throw ConsumerError("RabbitMQ cannot be reached") }
    var none = amqp_table_t()
    // The heartbeat of 20 s is what tells a lost connection from a quiet one.
    // A URL that ends with a slash names the virtual host "/", as one without a path does.
    let virtualHost = address.vhost.map { $0.pointee == 0 ? "/" : String(cString: $0) } ?? "/"
    try check(
      chat3_login_plain(connection, virtualHost, 0, 131_072, 20, &none, address.user, address.password),
      "log in")
    amqp_channel_open(connection, 1)
    try check("open a channel")
    amqp_basic_qos(connection, 1, 0, 100, 0)
    try check("bound the messages in hand")
  }

  deinit {
    amqp_destroy_connection(connection)
  }

  /// Declares a durable queue whose messages live for an hour, so that a user who is offline for a moment misses
  /// nothing, and binds it.
  func declare(_ queue: String, boundTo exchange: String, by key: String) throws {
    try withBytes("x-message-ttl") { name in
      var entry = amqp_table_entry_t()
      entry.key = name
      entry.value.kind = UInt8(ascii: "l")
      entry.value.value.i64 = 3_600_000
      try withUnsafeMutablePointer(to: &entry) { entry in
        let arguments = amqp_table_t(num_entries: 1, entries: entry)
        withBytes(queue) { _ = amqp_queue_declare(connection, 1, $0, 0, 1, 0, 0, arguments) }
        try check("declare the queue \(queue)")
      }
    }
    withBytes(queue) { queue in
      withBytes(exchange) { exchange in
        withBytes(key) { _ = amqp_queue_bind(connection, 1, queue, exchange, $0, .init()) }
      }
    }
    try check("bind the queue \(queue)")
  }

  func consume(_ queue: String) throws {
    withBytes(queue) { _ = amqp_basic_consume(connection, 1, $0, .init(), 0, 0, 0, .init()) }
    try check("consume the queue \(queue)")
  }

  /// Waits for the next message. Heartbeats are answered meanwhile.
  func next() throws -> Message {
    amqp_maybe_release_buffers(connection)
    var envelope = amqp_envelope_t()
    try check(amqp_consume_message(connection, &envelope, nil, 0), "receive a message")
    defer { amqp_destroy_envelope(&envelope) }
    let properties = envelope.message.properties
    var headers: [String: String] = [:]
    for index in 0..<Int(properties.headers.num_entries) {
      let entry = properties.headers.entries[index]
      if entry.value.kind == UInt8(ascii: "S") { headers[text(entry.key)] = text(entry.value.value.bytes) }
    }
    let body = envelope.message.body
    return Message(
      tag: envelope.delivery_tag, id: text(properties.message_id), type: text(properties.type),
      headers: headers, body: Data(UnsafeRawBufferPointer(start: body.bytes, count: body.len)))
  }

  func acknowledge(_ message: Message) throws {
    guard amqp_basic_ack(connection, 1, message.tag, 0) == AMQP_STATUS_OK.rawValue else {
      throw ConsumerError("the connection to RabbitMQ is lost")
    }
  }

  private func check(_ what: String) throws { try check(amqp_get_rpc_reply(connection), what) }

  private func check(_ reply: amqp_rpc_reply_t, _ what: String) throws {
    guard reply.reply_type != AMQP_RESPONSE_NORMAL else { return }
    throw ConsumerError("RabbitMQ does not let this program \(what)")
  }

  private func text(_ bytes: amqp_bytes_t) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
  }
}

struct ConsumerError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Lends a text as bytes.
private func withBytes<Result>(_ text: String, _ body: (amqp_bytes_t) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 {
    try body(amqp_bytes_t(len: $0.count, bytes: .init(mutating: UnsafeRawPointer($0.baseAddress))))
  }
}
