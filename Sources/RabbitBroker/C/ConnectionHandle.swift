import CRabbitMQ
import Foundation

/// Owns one AMQP connection with one channel. Not thread-safe: used only on the connection's thread. Every
/// call ends: one that awaits an answer, after ``BrokerConfiguration/answerTimeout``; one whose output is
/// stuck, when the server has been silent for two heartbeats or ``SocketBreaker`` breaks the connection off.
final class ConnectionHandle {
  /// The number of the only channel.
  static let channel: amqp_channel_t = 1
  /// The largest frame size that is requested, in bytes.
  static let largestFrame: Int32 = 131_072

  /// The C connection; freed by `deinit` and nowhere else.
  let state: amqp_connection_state_t
  let address: BrokerAddress
  let breaker: SocketBreaker
  /// The message that is being received.
  var incoming = PartialMessage()
  /// Headers are put together here; kept for reuse.
  var scratch = PublishScratch()
  /// Messages that lie ready to be sent.
  var output = OutgoingFrames()
  let isEncrypted: Bool
  private var isLoggedIn = false

  /// Connects, logs in and opens the channel.
  init(_ configuration: BrokerConfiguration, breaker: SocketBreaker) throws(BrokerError) {
    address = configuration.url.address
    self.breaker = breaker
    isEncrypted = configuration.url.tls != nil
    guard let state = amqp_new_connection() else {
      throw BrokerError(
        .unreachable, "There is no memory left for a connection to RabbitMQ.", isRetryable: true)
    }
    // From here on `deinit` frees it, even when this initializer throws.
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

  /// Whether input lies ready of which the socket knows nothing: it was read along with other input. OpenSSL does not tell
  /// how much it keeps.
  var hasUnprocessedInput: Bool {
    isEncrypted || amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0
  }

  /// The heartbeat that the server agreed to, in seconds; 0 for none.
  var heartbeat: Int { Int(amqp_get_heartbeat(state)) }

  /// How long the socket may be waited for, in milliseconds; -1 for no limit. It is often enough to send
  /// heartbeats, which are due at half the interval, and to notice in time that the server's are missing.
  var pollTimeout: Int32 { heartbeat > 0 ? Int32(heartbeat * 250) : -1 }

  /// The largest frame size that the server agreed to, in bytes.
  var frameMax: Int { Int(amqp_get_frame_max(state)) }

  /// Closes the connection in good order, within the time limit for an answer. A failure changes nothing.
  func close() {
    guard isLoggedIn else { return }
    isLoggedIn = false
    _ = amqp_connection_close(state, 200)
    breaker.forget()
  }

  /// Opens the channel, or opens it again after the server has closed it.
  func openChannel() throws(BrokerError) {
    amqp_channel_open(state, Self.channel)
    try checkReply(.other)
    incoming = PartialMessage()
  }

  /// Closes the channel, so that ``openChannel()`` makes a new one. What the server has sent on it before can still
  /// be read until then.
  func closeChannel() throws(BrokerError) {
    try Reply.check(amqp_channel_close(state, Self.channel, 200), .other, address)
  }

  /// - Throws: ``BrokerError`` when the last call that awaited an answer failed.
  func checkReply(_ operation: BrokerOperation) throws(BrokerError) {
    let reply = amqp_get_rpc_reply(state)
    if reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION { confirmClose(reply.reply.id) }
    try Reply.check(reply, operation, address)
  }

  /// Answers a `channel.close` or `connection.close`, as the protocol requires. A failure does not matter.
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
      throw BrokerError(
        .unreachable, "There is no memory left for a connection to RabbitMQ.", isRetryable: true)
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

  /// Lets the kernel notice a peer that is gone, in addition to the heartbeats. TCP_USER_TIMEOUT is not set,
  /// because it would also break a connection to a server that lives but takes no messages for a while (a
  /// memory alarm).
  private func keepAlive(seconds: Int) {
    guard seconds > 0 else { return }
    for (option, value) in [(TCP_KEEPIDLE, seconds), (TCP_KEEPINTVL, max(seconds / 4, 1)), (TCP_KEEPCNT, 4)] {
      var value = Int32(clamping: value)
      // If this fails, the heartbeats still notice.
      _ = setsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }
}
