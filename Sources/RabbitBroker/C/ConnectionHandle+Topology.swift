import CRabbitMQ

extension ConnectionHandle {
  /// Declares a durable topic exchange.
  func declareExchange(_ name: String) throws(BrokerError) {
    try declare { passive throws(BrokerError) in
      withBytes(name) { name in
        _ = amqp_exchange_declare(
          state, Self.channel, name, amqp_bytes_t("topic"), passive, 1, 0, 0, amqp_table_t())
      }
      try checkReply(.declaringExchange(name))
    }
  }

  /// Declares a durable queue.
  ///
  /// - Parameter mayBeFound: Whether it is enough that the queue exists when the user may not declare it.
  ///   Finding that out costs a new channel.
  func declareQueue(
    _ queue: BrokerTopology.Declaration, mayBeFound: Bool = true
  ) throws(BrokerError) {
    var arguments: [amqp_table_entry_t] = []
    // Existing queues were declared without a type, which makes them classic.
    if queue.type == .quorum { arguments.append(amqp_table_entry_t("x-queue-type", amqp_bytes_t("quorum"))) }
    if let life = queue.timeToLive { arguments.append(amqp_table_entry_t("x-message-ttl", life)) }
    try declare(mayBeFound: mayBeFound) { passive throws(BrokerError) in
      arguments.withUnsafeMutableBufferPointer { arguments in
        withBytes(queue.name) { name in
          _ = amqp_queue_declare(state, Self.channel, name, passive, 1, 0, 0, amqp_table_t(arguments))
        }
      }
      try checkReply(
        queue.isForDeadLetters ? .declaringDeadLetters(queue.name) : .declaringQueue(queue.name))
    }
  }

  /// - Throws: ``BrokerError``, with the code `notFound` when there is no such exchange.
  func expectExchange(_ name: String) throws(BrokerError) {
    withBytes(name) { name in
      _ = amqp_exchange_declare(
        state, Self.channel, name, amqp_bytes_t("topic"), 1, 0, 0, 0, amqp_table_t())
    }
    try checkReply(.expectingExchange(name))
  }

  /// - Throws: ``BrokerError``, with the code `notFound` when there is no such queue.
  func expectQueue(_ name: String) throws(BrokerError) {
    withBytes(name) { name in
      _ = amqp_queue_declare(state, Self.channel, name, 1, 0, 0, 0, amqp_table_t())
    }
    try checkReply(.expectingQueue(name))
  }

  /// Declares an exchange, or where nothing is to be declared makes sure that it is there.
  func provide(exchange: String, of topology: BrokerTopology) throws(BrokerError) {
    if topology.isDeclared { try declareExchange(exchange) } else { try expectExchange(exchange) }
  }

  /// Declares a queue, or where nothing is to be declared makes sure that it is there.
  func provide(
    _ queue: BrokerTopology.Declaration, of topology: BrokerTopology, mayBeFound: Bool = true
  ) throws(BrokerError) {
    if topology.isDeclared {
      try declareQueue(queue, mayBeFound: mayBeFound)
    } else {
      try expectQueue(queue.name)
    }
  }

  /// Declares an exchange or a queue. If the user may not declare it, it must exist already; its properties
  /// are then the business of whoever made it.
  ///
  /// - Throws: ``BrokerError``; if it does not exist, the refusal to declare it.
  private func declare(
    mayBeFound: Bool = true, _ body: (_ passive: amqp_boolean_t) throws(BrokerError) -> Void
  ) throws(BrokerError) {
    do {
      try body(0)
    } catch let refusal {
      guard mayBeFound, refusal.code == .accessRefused else { throw refusal }
      // The refusal has closed the channel, on which nothing is under way while the topology is declared.
      try openChannel()
      do {
        try body(1)
      } catch {
        throw error.code == .notFound ? refusal : error
      }
    }
  }

  /// Declares a queue that belongs to this connection alone and ends with it.
  func declareOwnQueue(_ name: String) throws(BrokerError) {
    withBytes(name) { name in
      _ = amqp_queue_declare(state, Self.channel, name, 0, 0, 1, 0, amqp_table_t())
    }
    try checkReply(.declaringQueue(name))
  }

  func bind(queue: String, to exchange: String, key: String) throws(BrokerError) {
    withBytes(queue) { queue in
      withBytes(exchange) { exchange in
        withBytes(key) { key in
          _ = amqp_queue_bind(state, Self.channel, queue, exchange, key, amqp_table_t())
        }
      }
    }
    try checkReply(.binding(queue: queue, exchange: exchange))
  }

  func unbind(queue: String, from exchange: String, key: String) throws(BrokerError) {
    withBytes(queue) { queue in
      withBytes(exchange) { exchange in
        withBytes(key) { key in
          _ = amqp_queue_unbind(state, Self.channel, queue, exchange, key, amqp_table_t())
        }
      }
    }
    try checkReply(.binding(queue: queue, exchange: exchange))
  }

  /// Starts consuming with manual acknowledgement; returns the consumer's tag.
  ///
  /// - Parameter name: The tag; if it is empty, the server makes one.
  func consume(
    queue: String, prefetch: UInt16, isExclusive: Bool, as name: String = ""
  ) throws(BrokerError) -> String {
    amqp_basic_qos(state, Self.channel, 0, prefetch, 0)
    try checkReply(.consuming(queue))
    let tag = withBytes(queue) { queue in
      withBytes(name) { name in
        amqp_basic_consume(
          state, Self.channel, queue, name, 0, 0, isExclusive ? 1 : 0, amqp_table_t()
        )?.pointee.consumer_tag.text
      }
    }
    try checkReply(.consuming(queue))
    return tag ?? ""
  }

  /// Stops consuming; what was delivered stays unacknowledged.
  func cancelConsumer(_ tag: String) throws(BrokerError) {
    withBytes(tag) { tag in
      _ = amqp_basic_cancel(state, Self.channel, tag)
    }
    try checkReply(.other)
  }

  /// Acknowledges this delivery, or all up to it.
  func acknowledge(_ tag: UInt64, isMultiple: Bool) throws(BrokerError) {
    try Reply.check(amqp_basic_ack(state, Self.channel, tag, isMultiple ? 1 : 0), .other, address)
  }

  /// Acknowledges this delivery alone.
  func acknowledge(only tag: UInt64) throws(BrokerError) {
    try Reply.check(amqp_basic_ack(state, Self.channel, tag, 0), .other, address)
  }

  /// How many messages of a queue have not been delivered to anybody, and how many consumers it has.
  ///
  /// - Throws: ``BrokerError`` with the code `notFound` when there is no such queue.
  func figures(of queue: String) throws(BrokerError) -> (messages: Int, consumers: Int) {
    let figures = withBytes(queue) {
      amqp_queue_declare(state, Self.channel, $0, 1, 0, 0, 0, amqp_table_t()).map {
        (messages: Int($0.pointee.message_count), consumers: Int($0.pointee.consumer_count))
      }
    }
    try checkReply(.inspecting(queue))
    return figures ?? (0, 0)
  }

  /// Makes the server confirm what is published on the channel.
  func selectConfirms() throws(BrokerError) {
    amqp_confirm_select(state, Self.channel)
    try checkReply(.other)
  }
}
