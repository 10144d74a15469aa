import CRabbitMQ
import Foundation
import TestServers

/// A plain AMQP client, written against the C library alone: producers and gateways are not the worker's own code.
/// Every failure is thrown. Used by one task.
package final class BrokerClient {
  let state: amqp_connection_state_t
  /// How many messages the server has confirmed.
  private(set) var confirmed: UInt64 = 0
  /// Confirmed ahead of others.
  private var early: Set<UInt64> = []

  /// Connects to a server of this machine as `guest`.
  package init(port: Int, virtualHost: String = "/") throws {
    guard let state = amqp_new_connection() else { throw TestServerError("there is no memory") }
    self.state = state
    let socket = amqp_tcp_socket_new(state)
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    guard amqp_socket_open_noblock(socket, "127.0.0.1", Int32(port), &timeout) == 0 else {
      throw TestServerError("cannot connect to RabbitMQ at port \(port)")
    }
    amqp_set_rpc_timeout(state, &timeout)
    var none = amqp_table_t()
    try check(chat3_login_plain(state, virtualHost, 0, 131_072, 0, &none, "guest", "guest"), "log in")
    amqp_channel_open(state, 1)
    try check("open a channel")
    amqp_confirm_select(state, 1)
    try check("ask for confirms")
  }

  deinit { amqp_destroy_connection(state) }

  /// Declares a durable queue, with a time to live in milliseconds where one is given.
  package func declareQueue(_ name: String, timeToLive: Int64? = nil) throws {
    var entry = amqp_table_entry_t()
    let key = strdup("x-message-ttl")
    defer { free(key) }
    entry.key = amqp_cstring_bytes(key)
    entry.value.kind = UInt8(ascii: "l")
    entry.value.value.i64 = timeToLive ?? 0
    withUnsafeMutablePointer(to: &entry) { entry in
      let table = amqp_table_t(num_entries: timeToLive == nil ? 0 : 1, entries: entry)
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

  /// Binds a queue.
  package func bind(_ queue: String, to exchange: String, _ key: String) throws {
    withBytes(queue) { queue in
      withBytes(exchange) { exchange in
        withBytes(key) { _ = amqp_queue_bind(state, 1, queue, exchange, $0, .init()) }
      }
    }
    try check("bind the queue \(queue)")
  }

  /// Removes queues and exchanges.
  package func delete(queues: [String], exchanges: [String]) throws {
    for queue in queues { try delete(queue: queue) }
    for exchange in exchanges {
      withBytes(exchange) { _ = amqp_exchange_delete(state, 1, $0, 0) }
      try check("delete the exchange \(exchange)")
    }
  }

  /// Removes a queue.
  package func delete(queue: String) throws {
    withBytes(queue) { _ = amqp_queue_delete(state, 1, $0, 0, 0) }
    try check("delete the queue \(queue)")
  }

  /// How many messages are ready in a queue, those given to consumers left out; fails when there is none such.
  package func count(_ queue: String) throws -> Int {
    let count = withBytes(queue) {
      amqp_queue_declare(state, 1, $0, 1, 0, 0, 0, .init())?.pointee.message_count
    }
    try check("ask for the queue \(queue)")
    return Int(count ?? 0)
  }

  /// How many consume a queue.
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
