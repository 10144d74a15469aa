import CRabbitMQ

extension ConnectionHandle {
  /// The keys under which the tap's exchange hands on what was dropped.
  private static let droppedKey: StaticString = "dropped"
  private static let uncountedKey: StaticString = "uncounted"

  /// Declares the queues of a tap, and the exchange between them. None of them survives the connection.
  func declareTap(_ queues: TapQueues, bounds: TapBounds) throws(BrokerError) {
    withBytes(queues.exchange) { exchange in
      _ = amqp_exchange_declare(
        state, Self.channel, exchange, amqp_bytes_t("direct"), 0, 0, 1, 0, amqp_table_t())
    }
    try checkReply(.declaringExchange(queues.exchange))
    try declareBounded(queues.uncounted, messages: 1, bytes: nil)
    try declareBounded(
      queues.dropped, messages: TapQueues.droppedBounds.messages, bytes: TapQueues.droppedBounds.bytes,
      dropsTo: (queues.exchange, Self.uncountedKey))
    try bind(queue: queues.uncounted, to: queues.exchange, key: "\(Self.uncountedKey)")
    try bind(queue: queues.dropped, to: queues.exchange, key: "\(Self.droppedKey)")
    try declareBounded(
      queues.tapped, messages: bounds.messages, bytes: bounds.bytes, isAutoDeleted: true,
      dropsTo: (queues.exchange, Self.droppedKey))
  }

  /// Declares an exclusive queue that drops its oldest messages when it holds more than it may.
  private func declareBounded(
    _ name: String, messages: Int64, bytes: Int64?, isAutoDeleted: Bool = false,
    dropsTo target: (exchange: String, key: StaticString)? = nil
  ) throws(BrokerError) {
    withBytes(name) { name in
      withBytes(target?.exchange ?? "") { exchange in
        var entries = [
          amqp_table_entry_t("x-max-length", messages),
          amqp_table_entry_t("x-overflow", amqp_bytes_t("drop-head")),
        ]
        if let bytes { entries.append(amqp_table_entry_t("x-max-length-bytes", bytes)) }
        if let target {
          entries.append(amqp_table_entry_t("x-dead-letter-exchange", exchange))
          entries.append(amqp_table_entry_t("x-dead-letter-routing-key", amqp_bytes_t(target.key)))
        }
        entries.withUnsafeMutableBufferPointer { entries in
          _ = amqp_queue_declare(
            state, Self.channel, name, 0, 0, 1, isAutoDeleted ? 1 : 0, amqp_table_t(entries))
        }
      }
    }
    try checkReply(.declaringQueue(name))
  }
}
