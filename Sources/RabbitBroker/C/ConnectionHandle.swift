import CRabbitMQ
import Foundation

/// The owner of one AMQP connection with one channel. Not thread-safe: used on the connection's thread only.
/// Every call ends: after ``BrokerConfiguration/answerTimeout`` where an answer is awaited; where output
/// is stuck, when the server has been silent for two heartbeats or ``SocketBreaker`` breaks it off.
final class ConnectionHandle {
  /// The only channel.
  static let channel: amqp_channel_t = 1
  /// The largest frame that is asked for, in bytes.
  static let largestFrame: Int32 = 131_072

  /// The C connection; freed by `deinit` and nowhere else.
  let state: amqp_connection_state_t
  let address: BrokerAddress
  let breaker: SocketBreaker
  /// The message that is being received.
  var incoming = PartialMessage()
  /// Headers are put together here; kept to be reused.
  var scratch = PublishScratch()
  private var isLoggedIn = false

  /// Connects, logs in and opens the channel.
  init(_ configuration: BrokerConfiguration, breaker: SocketBreaker) throws(BrokerError) {
    address = configuration.url.address
    self.breaker = breaker
    guard let state = amqp_new_connection() else {
      throw BrokerError(.unreachable, "There is no memory for a connection to RabbitMQ.", isRetryable: true)
    }
    // From here on `deinit` frees it, also when this initializer throws.
    self.state = state
    do {
      try openSocket(configuration)
      try logIn(configuration)
      try openChannel()
    } catch {
      disconnect()
      throw error
    }
  }

  deinit {
    disconnect()
    amqp_destroy_connection(state)
  }

  /// The socket, to be polled.
  var descriptor: Int32 { amqp_get_sockfd(state) }

  /// The heartbeat that the server agreed to, in seconds; 0 for none.
  var heartbeat: Int { Int(amqp_get_heartbeat(state)) }

  /// The size of frames that the server agreed to.
  var frameMax: Int { Int(amqp_get_frame_max(state)) }

  /// Says good-bye to the server, within its answer's time limit. What the server makes of it changes nothing.
  func close() {
    guard isLoggedIn else { return }
    isLoggedIn = false
    _ = amqp_connection_close(state, 200)
    breaker.forget()
  }

  /// Opens the channel, again after the server has closed it.
  func openChannel() throws(BrokerError) {
    amqp_channel_open(state, Self.channel)
    try checkReply(.other)
    incoming = PartialMessage()
  }

  /// - Throws: ``BrokerError`` when the last call that awaited an answer failed.
  func checkReply(_ operation: BrokerOperation) throws(BrokerError) {
    let reply = amqp_get_rpc_reply(state)
    if reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION { confirmClose(reply.reply.id) }
    try Reply.check(reply, operation, address)
  }

  /// Answers a `channel.close` or `connection.close`, as the protocol wants it. Failing matters to nobody.
  func confirmClose(_ method: amqp_method_number_t) {
    if method == CHAT3_CHANNEL_CLOSE.rawValue {
      var answer = amqp_channel_close_ok_t()
      _ = amqp_send_method(state, Self.channel, CHAT3_CHANNEL_CLOSE_OK.rawValue, &answer)
    } else if method == CHAT3_CONNECTION_CLOSE.rawValue {
      var answer = amqp_connection_close_ok_t()
      _ = amqp_send_method(state, 0, CHAT3_CONNECTION_CLOSE_OK.rawValue, &answer)
      disconnect()
    }
  }

  private func disconnect() {
    isLoggedIn = false
    breaker.forget()
  }

  private func openSocket(_ configuration: BrokerConfiguration) throws(BrokerError) {
    let socket: OpaquePointer?
    if let tls = configuration.url.tls {
      socket = try secureSocket(tls)
    } else {
      socket = amqp_tcp_socket_new(state)
    }
    guard let socket else {
      throw BrokerError(.unreachable, "There is no memory for a connection to RabbitMQ.", isRetryable: true)
    }
    var timeout = configuration.effectiveConnectionTimeout.timeval
    let status = amqp_socket_open_noblock(socket, address.host, Int32(address.port), &timeout)
    try Reply.check(status, .connecting, address)
    breaker.watch(descriptor)
    keepAlive(seconds: configuration.effectiveHeartbeat)
  }

  private func logIn(_ configuration: BrokerConfiguration) throws(BrokerError) {
    var timeout = configuration.effectiveConnectionTimeout.timeval
    amqp_set_handshake_timeout(state, &timeout)
    var answer = configuration.answerTimeout.timeval
    amqp_set_rpc_timeout(state, &answer)
    let url = configuration.url
    let reply = withBytes(configuration.connectionName) { name in
      withUnsafeTemporaryAllocation(of: amqp_table_entry_t.self, capacity: 4) { capabilities in
        _ = capabilities.initialize(fromContentsOf: [
          amqp_table_entry_t("connection.blocked", true), amqp_table_entry_t("consumer_cancel_notify", true),
          amqp_table_entry_t("publisher_confirms", true), amqp_table_entry_t("basic.nack", true),
        ])
        return withUnsafeTemporaryAllocation(of: amqp_table_entry_t.self, capacity: 3) { entries in
          _ = entries.initialize(fromContentsOf: [
            amqp_table_entry_t("product", amqp_bytes_t("chat3-update-worker")),
            amqp_table_entry_t("connection_name", name),
            amqp_table_entry_t("capabilities", amqp_table_t(capabilities)),
          ])
          var properties = amqp_table_t(entries)
          return chat3_login_plain(
            state, url.address.virtualHost, 16, Self.largestFrame, Int32(configuration.effectiveHeartbeat),
            &properties, url.user, url.password)
        }
      }
    }
    try Reply.check(reply, .connecting, address)
    isLoggedIn = true
  }

  /// Lets the kernel notice a peer that is gone, in addition to the heartbeats. No TCP_USER_TIMEOUT: it would
  /// also break a connection to a server that lives but takes no messages for a while (a memory alarm).
  private func keepAlive(seconds: Int) {
    guard seconds > 0 else { return }
    for (option, value) in [(TCP_KEEPIDLE, seconds), (TCP_KEEPINTVL, max(seconds / 4, 1)), (TCP_KEEPCNT, 4)] {
      var value = Int32(clamping: value)
      // Without it heartbeats still notice.
      _ = setsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }
}
