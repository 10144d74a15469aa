import CRabbitMQ
import Foundation

/// Questions that change nothing. Most make the server refuse something, which tells how far the request got:
/// RabbitMQ looks at the user's rights first. Each refusal closes the channel, so each question that is refused
/// ends with a new one.
extension ConnectionHandle {
  /// What became of a message to nobody.
  enum Echo {
    case returned
    /// The server takes no messages; why.
    case blocked(String)
    /// The user may not publish; the server's words.
    case refused(String)
    case silence
  }

  /// The version that the server told when it was logged in to.
  var serverVersion: String? {
    guard let properties = amqp_get_server_properties(state)?.pointee else { return nil }
    return UnsafeBufferPointer(start: properties.entries, count: Int(properties.num_entries)).first { entry in
      entry.key.isEqual(to: "version") && entry.value.kind == UInt8(ascii: "S")
    }?.value.value.bytes.text
  }

  /// - Throws: ``BrokerError`` with the code `notFound` when there is no such exchange.
  func findExchange(_ name: String) throws(BrokerError) {
    try asking(.inspecting(name)) {
      withBytes(name) { name in
        _ = amqp_exchange_declare(
          state, Self.channel, name, amqp_bytes_t("topic"), 1, 0, 0, 0, amqp_table_t())
      }
    }
  }

  /// - Throws: ``BrokerError`` with the code `notFound` when there is no such queue.
  func findQueue(_ name: String) throws(BrokerError) -> (messages: Int, consumers: Int) {
    var found: (messages: Int, consumers: Int) = (0, 0)
    try asking(.inspecting(name)) {
      withBytes(name) { name in
        if let answer = amqp_queue_declare(state, Self.channel, name, 1, 0, 0, 0, amqp_table_t()) {
          found = (Int(answer.pointee.message_count), Int(answer.pointee.consumer_count))
        }
      }
    }
    return found
  }

  /// Declares an exchange with an argument of a type that it cannot have: it is never made, and one that is there
  /// never has it.
  ///
  /// - Throws: ``BrokerError``, with the code `otherDeclaration` when the user may configure the exchange.
  func declareImpossibleExchange(_ name: String) throws(BrokerError) {
    try asking(.declaringExchange(name)) {
      withArgument("alternate-exchange", true) { arguments in
        withBytes(name) { name in
          _ = amqp_exchange_declare(
            state, Self.channel, name, amqp_bytes_t("topic"), 0, 1, 0, 0, arguments)
        }
      }
    }
  }

  /// Declares a queue with a negative time to live: it is never made, and one that is there never has it.
  ///
  /// - Throws: ``BrokerError``, with the code `otherDeclaration` when the user may configure the queue.
  func declareImpossibleQueue(_ name: String) throws(BrokerError) {
    try asking(.declaringQueue(name)) {
      withArgument("x-message-ttl", Int64(-1)) { arguments in
        withBytes(name) { name in
          _ = amqp_queue_declare(state, Self.channel, name, 0, 1, 0, 0, arguments)
        }
      }
    }
  }

  /// Asks to consume with a priority that is no number, so that it never consumes.
  ///
  /// - Throws: ``BrokerError``, with the code `otherDeclaration` or `notFound` when the user may read from the queue.
  func consumeImpossibly(_ queue: String) throws(BrokerError) {
    var tag: String?
    try asking(.examining(queue)) {
      withArgument("x-priority", true) { arguments in
        tag = withBytes(queue) { queue in
          amqp_basic_consume(state, Self.channel, queue, amqp_bytes_t(), 0, 0, 0, arguments)?
            .pointee.consumer_tag.text
        }
      }
    }
    // A server that minds no priority makes a consumer all the same. What it was given goes back when the
    // connection closes.
    if let tag { try cancelConsumer(tag) }
  }

  /// Removes a binding that does not exist, which RabbitMQ takes for done.
  func unbindNothing(queue: String, from exchange: String) throws(BrokerError) {
    try asking(.binding(queue: queue, exchange: exchange)) {
      withBytes(queue) { queue in
        withBytes(exchange) { exchange in
          withBytes(Self.nobody) { key in
            _ = amqp_queue_unbind(state, Self.channel, queue, exchange, key, amqp_table_t())
          }
        }
      }
    }
  }

  /// Removes a binding that does not exist, which RabbitMQ takes for done.
  func unbindNothing(exchange destination: String, from source: String) throws(BrokerError) {
    try asking(.publishing(destination)) {
      withBytes(destination) { destination in
        withBytes(source) { source in
          withBytes(Self.nobody) { key in
            _ = amqp_exchange_unbind(state, Self.channel, destination, source, key, amqp_table_t())
          }
        }
      }
    }
  }

  /// Publishes an empty message through the default exchange to a queue that does not exist, to get it back.
  func publishToNobody(patience: Duration) throws(BrokerError) -> Echo {
    var properties = amqp_basic_properties_t()
    let status = withBytes(Self.nobody) { queue in
      amqp_basic_publish(
        state, Self.channel, amqp_bytes_t(""), queue, 1, 0, &properties, amqp_bytes_t())
    }
    try Reply.check(status, .publishing(""), address)
    let end = ContinuousClock.now + patience
    while true {
      while let frame = try nextFrame() {
        switch frame {
        case .returned: return .returned
        case .blocked(let reason): return .blocked(reason)
        case .closed(let refusal):
          let error = refusal.error(during: .publishing(""), at: address)
          guard error.code == .accessRefused, !refusal.closesConnection else { throw error }
          try openChannel()
          return .refused(error.message)
        default: break
        }
      }
      let left = (end - .now).timeval
      let milliseconds = left.tv_sec * 1000 + left.tv_usec / 1000
      guard milliseconds > 0 else { return .silence }
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&watched, 1, Int32(milliseconds))
    }
  }

  /// A name that nobody else has.
  private static let nobody = "chat3-update-worker.doctor.\(UUID().uuidString)"

  /// Makes a call that awaits an answer. If the server refuses it and closes the channel, opens a new one.
  private func asking(_ operation: BrokerOperation, _ call: () -> Void) throws(BrokerError) {
    call()
    do {
      try checkReply(operation)
    } catch {
      let refusals: Set<BrokerError.Code> = [
        .accessRefused, .otherDeclaration, .isQuorumQueue, .isClassicQueue, .notFound, .inUse,
      ]
      guard refusals.contains(error.code) else { throw error }
      try openChannel()
      throw error
    }
  }

  private func withArgument(_ key: StaticString, _ value: Bool, _ body: (amqp_table_t) -> Void) {
    withArgument(amqp_table_entry_t(key, value), body)
  }

  private func withArgument(_ key: StaticString, _ value: Int64, _ body: (amqp_table_t) -> Void) {
    withArgument(amqp_table_entry_t(key, value), body)
  }

  private func withArgument(_ entry: amqp_table_entry_t, _ body: (amqp_table_t) -> Void) {
    withUnsafeTemporaryAllocation(of: amqp_table_entry_t.self, capacity: 1) { entries in
      entries.initialize(repeating: entry)
      body(amqp_table_t(entries))
    }
  }
}
