import CRabbitMQ
import Foundation

/// One connection of librabbitmq with one channel, used by one thread.
final class BrokerConnection {
  static let channel: amqp_channel_t = 1
  let state: amqp_connection_state_t
  /// The tag of the last message that was published with confirms.
  private var published: UInt64 = 0

  /// Connects to a server on this machine as `guest`.
  init(port: Int) throws {
    guard let state = amqp_new_connection() else { throw BenchmarkError("librabbitmq has no memory") }
    self.state = state
    guard let socket = amqp_tcp_socket_new(state),
      amqp_socket_open(socket, "127.0.0.1", Int32(port)) == AMQP_STATUS_OK.rawValue
    else { throw BenchmarkError("RabbitMQ is not on port \(port)") }
    var none = amqp_table_t(num_entries: 0, entries: nil)
    try Self.check(chat3_login_plain(state, "/", 16, 131_072, 0, &none, "guest", "guest"), "log in")
    amqp_channel_open(state, Self.channel)
    try check("open a channel")
  }

  deinit {
    _ = amqp_connection_close(state, 200)
    amqp_destroy_connection(state)
  }

  // MARK: - Topology

  func declareExchange(_ name: StaticString) throws {
    let none = amqp_table_t(num_entries: 0, entries: nil)
    amqp_exchange_declare(
      state, Self.channel, amqp_bytes_t(name), amqp_bytes_t("topic"), 0, 1, 0, 0, none)
    try check("declare \(name)")
  }

  /// Declares a durable queue whose messages live for an hour, bound to an exchange.
  func declareQueue(_ name: StaticString, boundTo exchange: StaticString, key: StaticString) throws {
    var entries = [amqp_table_entry_t("x-message-ttl", Int64(3_600_000))]
    entries.withUnsafeMutableBufferPointer {
      let arguments = amqp_table_t(num_entries: 1, entries: $0.baseAddress)
      _ = amqp_queue_declare(state, Self.channel, amqp_bytes_t(name), 0, 1, 0, 0, arguments)
    }
    try check("declare \(name)")
    let none = amqp_table_t(num_entries: 0, entries: nil)
    amqp_queue_bind(
      state, Self.channel, amqp_bytes_t(name), amqp_bytes_t(exchange), amqp_bytes_t(key), none)
    try check("bind \(name)")
  }

  /// How many messages wait in a queue, and how many consume it.
  func look(at queue: StaticString) throws -> (messages: Int, consumers: Int) {
    let none = amqp_table_t(num_entries: 0, entries: nil)
    let answer = amqp_queue_declare(state, Self.channel, amqp_bytes_t(queue), 1, 1, 0, 0, none)
    try check("look at \(queue)")
    guard let answer else { return (0, 0) }
    return (Int(answer.pointee.message_count), Int(answer.pointee.consumer_count))
  }

  // MARK: - Publishing

  func selectConfirms() throws {
    amqp_confirm_select(state, Self.channel)
    try check("ask for confirms")
  }

  /// Returns when all messages are confirmed.
  func publish(_ messages: [PreparedMessage], to exchange: StaticString) throws {
    hold(true)
    for message in messages { try send(message, to: exchange) }
    hold(false)
    let first = published + 1
    published += UInt64(messages.count)
    try awaitConfirms(from: first)
  }

  /// Does not wait for a confirm.
  func send(_ message: PreparedMessage, to exchange: StaticString) throws {
    var properties = message.properties
    let status = amqp_basic_publish(
      state, Self.channel, amqp_bytes_t(exchange), message.routingKey, 0, 0, &properties, message.body)
    try Self.check(status, "publish")
  }

  private func awaitConfirms(from first: UInt64) throws {
    var isConfirmed = [Bool](repeating: false, count: Int(published - first + 1))
    var low = 0
    var missing = isConfirmed.count
    while missing > 0 {
      var frame = amqp_frame_t()
      var timeout = timeval(tv_sec: 20, tv_usec: 0)
      try Self.check(amqp_simple_wait_frame_noblock(state, &frame, &timeout), "await confirms")
      guard frame.frame_type == UInt8(CHAT3_FRAME_METHOD.rawValue),
        frame.payload.method.id == CHAT3_BASIC_ACK.rawValue, let decoded = frame.payload.method.decoded
      else { throw BenchmarkError("RabbitMQ sent something other than a confirm") }
      let ack = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
      let index = Int(ack.delivery_tag - first)
      for index in (ack.multiple != 0 ? low : index)...index where !isConfirmed[index] {
        isConfirmed[index] = true
        missing -= 1
      }
      if ack.multiple != 0 { low = index + 1 }
      amqp_maybe_release_buffers(state)
    }
  }

  /// Holds small packets back while many messages are written in a row.
  private func hold(_ isHeld: Bool) {
    var value: Int32 = isHeld ? 1 : 0
    let descriptor = amqp_get_sockfd(state)
    _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  // MARK: - Consuming

  func consume(_ queue: StaticString, prefetch: UInt16) throws {
    amqp_basic_qos(state, Self.channel, 0, prefetch, 0)
    try check("set the prefetch")
    let none = amqp_table_t(num_entries: 0, entries: nil)
    amqp_basic_consume(
      state, Self.channel, amqp_bytes_t(queue), amqp_bytes_t(len: 0, bytes: nil), 0, 0, 0, none)
    try check("consume \(queue)")
  }

  /// The delivery tag of the next message, or `nil` if none comes in time.
  func nextTag(within milliseconds: Int) throws -> UInt64? {
    try next(within: milliseconds) { $0.delivery_tag }
  }

  /// Hands the next message to `body`; returns `nil` if none comes in time.
  func next<Result>(within milliseconds: Int, _ body: (amqp_envelope_t) throws -> Result) throws -> Result? {
    amqp_maybe_release_buffers(state)
    var envelope = amqp_envelope_t()
    var timeout = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    let reply = amqp_consume_message(state, &envelope, &timeout, 0)
    if reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION,
      reply.library_error == AMQP_STATUS_TIMEOUT.rawValue
    {
      return nil
    }
    try Self.check(reply, "consume")
    defer { amqp_destroy_envelope(&envelope) }
    return try body(envelope)
  }

  /// Acknowledges this message and all before it.
  func acknowledge(through tag: UInt64) throws {
    try Self.check(amqp_basic_ack(state, Self.channel, tag, 1), "acknowledge")
  }

  // MARK: - Errors

  private func check(_ what: String) throws { try Self.check(amqp_get_rpc_reply(state), what) }

  private static func check(_ reply: amqp_rpc_reply_t, _ what: String) throws {
    guard reply.reply_type == AMQP_RESPONSE_NORMAL else {
      throw BenchmarkError("cannot \(what): reply \(reply.reply_type), \(reply.library_error)")
    }
  }

  private static func check(_ status: Int32, _ what: String) throws {
    guard status >= 0 else {
      throw BenchmarkError("cannot \(what): \(amqp_error_string2(status).map { String(cString: $0) } ?? "")")
    }
  }
}
