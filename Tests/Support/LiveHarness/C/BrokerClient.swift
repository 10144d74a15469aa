import CRabbitMQ
import Foundation
package import TestServers

/// A plain AMQP client that uses only the C library, because producers and gateways do not run the worker's
/// code either. Every failure is thrown. Only one task may use it.
package final class BrokerClient {
  let state: amqp_connection_state_t
  /// The server has confirmed every message up to this delivery tag.
  private(set) var confirmed: UInt64 = 0
  /// Delivery tags that were confirmed before lower ones.
  private var early: Set<UInt64> = []

  package init(_ server: RabbitEndpoint) throws {
    guard let state = amqp_new_connection() else { throw TestServerError("librabbitmq has no memory") }
    self.state = state
    let socket = amqp_tcp_socket_new(state)
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    guard amqp_socket_open_noblock(socket, server.host, Int32(server.port), &timeout) == 0 else {
      throw TestServerError("cannot connect to RabbitMQ at \(server.host):\(server.port)")
    }
    amqp_set_rpc_timeout(state, &timeout)
    var none = amqp_table_t()
    try check(
      chat3_login_plain(
        state, server.virtualHost, 0, 131_072, 0, &none, server.user, server.password), "log in")
    amqp_channel_open(state, 1)
    try check("open a channel")
    amqp_confirm_select(state, 1)
    try check("ask for confirms")
  }

  /// Connects to a port of this machine as `guest`.
  package convenience init(port: Int) throws {
    try self.init(RabbitEndpoint(port: port))
  }

  deinit { amqp_destroy_connection(state) }

  /// Declares a durable queue.
  ///
  /// - Parameters:
  ///   - timeToLive: In milliseconds.
  ///   - deliveryLimit: How often a message may come back to a quorum queue before the queue drops it.
  package func declareQueue(
    _ name: String, timeToLive: Int64? = nil, isQuorum: Bool = false, deliveryLimit: Int64? = nil
  ) throws {
    var texts: [UnsafeMutablePointer<CChar>?] = []
    defer { texts.forEach { free($0) } }
    func bytes(_ text: String) -> amqp_bytes_t {
      texts.append(strdup(text))
      return amqp_cstring_bytes(texts[texts.count - 1])
    }
    var entries: [amqp_table_entry_t] = []
    for (key, value) in [("x-message-ttl", timeToLive), ("x-delivery-limit", deliveryLimit)] {
      guard let value else { continue }
      var entry = amqp_table_entry_t()
      entry.key = bytes(key)
      entry.value.kind = UInt8(ascii: "l")
      entry.value.value.i64 = value
      entries.append(entry)
    }
    if isQuorum {
      var entry = amqp_table_entry_t()
      entry.key = bytes("x-queue-type")
      entry.value.kind = UInt8(ascii: "S")
      entry.value.value.bytes = bytes("quorum")
      entries.append(entry)
    }
    entries.withUnsafeMutableBufferPointer { entries in
      let table = amqp_table_t(num_entries: Int32(entries.count), entries: entries.baseAddress)
      withBytes(name) { _ = amqp_queue_declare(state, 1, $0, 0, 1, 0, 0, table) }
    }
    try check("declare the queue \(name)")
  }

  /// Declares a durable exchange.
  package func declareExchange(_ name: String, type: String = "topic") throws {
    withBytes(name) { name in
      withBytes(type) { _ = amqp_exchange_declare(state, 1, name, $0, 0, 1, 0, 0, .init()) }
    }
    try check("declare the exchange \(name)")
  }

  package func bind(_ queue: String, to exchange: String, _ key: String) throws {
    withBytes(queue) { queue in
      withBytes(exchange) { exchange in
        withBytes(key) { _ = amqp_queue_bind(state, 1, queue, exchange, $0, .init()) }
      }
    }
    try check("bind the queue \(queue)")
  }

  package func unbind(_ queue: String, from exchange: String, _ key: String) throws {
    withBytes(queue) { queue in
      withBytes(exchange) { exchange in
        withBytes(key) { _ = amqp_queue_unbind(state, 1, queue, exchange, $0, .init()) }
      }
    }
    try check("unbind the queue \(queue)")
  }

  package func delete(queues: [String], exchanges: [String]) throws {
    for queue in queues { try delete(queue: queue) }
    for exchange in exchanges {
      withBytes(exchange) { _ = amqp_exchange_delete(state, 1, $0, 0) }
      try check("delete the exchange \(exchange)")
    }
  }

  package func delete(queue: String) throws {
    withBytes(queue) { _ = amqp_queue_delete(state, 1, $0, 0, 0) }
    try check("delete the queue \(queue)")
  }

  /// How many messages are ready in a queue; those that consumers hold do not count. Throws if there is no
  /// such queue.
  package func count(_ queue: String) throws -> Int {
    let count = withBytes(queue) {
      amqp_queue_declare(state, 1, $0, 1, 0, 0, 0, .init())?.pointee.message_count
    }
    try check("ask for the queue \(queue)")
    return Int(count ?? 0)
  }

  /// How many consumers a queue has.
  package func consumers(_ queue: String) throws -> Int {
    let count = withBytes(queue) {
      amqp_queue_declare(state, 1, $0, 1, 0, 0, 0, .init())?.pointee.consumer_count
    }
    try check("ask for the queue \(queue)")
    return Int(count ?? 0)
  }

  func note(_ tag: UInt64, isMultiple: Bool) {
    if isMultiple {
      confirmed = max(confirmed, tag)
    } else {
      early.insert(tag)
    }
    while early.remove(confirmed + 1) != nil { confirmed += 1 }
  }

  func check(_ what: String) throws { try check(amqp_get_rpc_reply(state), what) }

  func check(_ reply: amqp_rpc_reply_t, _ what: String) throws {
    guard reply.reply_type != AMQP_RESPONSE_NORMAL else { return }
    throw TestServerError(
      "cannot \(what): reply \(reply.reply_type.rawValue), method \(reply.reply.id), \(reply.library_error)")
  }
}

/// Lends a text as bytes.
func withBytes<Result>(_ text: String, _ body: (amqp_bytes_t) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 {
    try body(amqp_bytes_t(len: $0.count, bytes: .init(mutating: UnsafeRawPointer($0.baseAddress))))
  }
}
