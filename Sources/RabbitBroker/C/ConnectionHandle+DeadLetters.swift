import CRabbitMQ

extension ConnectionHandle {
  /// Headers of the original that the server would act upon, with their new names, and headers that are
  /// replaced. `CC` and `BCC` would send the dead letter to other queues too.
  private static let renamedHeaders: [(from: StaticString, to: StaticString?)] =
    [("CC", "x-original-cc"), ("BCC", "x-original-bcc")] + DeadLetterHeaders.all.map { ($0, nil) }

  /// Writes a dead letter with the properties and headers of the event, and what is wrong with it. A user id
  /// (which the server would check against the worker's) and an expiration (which would make the letter
  /// vanish) move into headers. If the event's headers leave no room in a frame, they are left out.
  func publish(_ letter: DeadLetter, to queue: String) throws(BrokerError) {
    let hasRoom = letter.properties.count + letter.error.utf8.count + 2048 < frameMax
    let status = MessageProperties.lend(letter.properties) { properties in
      publish(letter, to: queue, properties: properties, keepsHeaders: hasRoom)
    }
    try Reply.check(status, .publishing(""), address)
  }

  /// Writes a dead letter to a queue with its properties and headers, except these and those about its deliveries.
  /// The headers about its original exchange and routing key stay, in case it fails again.
  func send(
    _ letter: IncomingMessage, to queue: String, without headers: [StaticString]
  ) throws(BrokerError) {
    let left = headers + DeadLetterHeaders.deliveryCounts
    let status = MessageProperties.lend(letter.properties) { original in
      var properties = original
      var entries = Array(original.headerEntries)
      entries.removeAll { entry in left.contains { entry.key.isEqual(to: $0) } }
      return entries.withUnsafeMutableBufferPointer { entries in
        if properties.has(CHAT3_HAS_HEADERS) { properties.headers = amqp_table_t(entries) }
        return withBytes(queue) { queue in
          letter.body.withUnsafeBytes { body in
            amqp_basic_publish(
              state, Self.channel, amqp_bytes_t(""), queue, 1, 0, &properties, amqp_bytes_t(body))
          }
        }
      }
    }
    try Reply.check(status, .publishing(""), address)
  }

  private func publish(
    _ letter: DeadLetter, to queue: String, properties original: amqp_basic_properties_t, keepsHeaders: Bool
  ) -> Int32 {
    var properties = original
    scratch.bytes.removeAll(keepingCapacity: true)
    let error = scratch.add(letter.error)
    let failedAt = scratch.add(letter.failedAt)
    let exchange = scratch.add(letter.exchange)
    let key = scratch.add(letter.routingKey)
    let queue = scratch.add(queue)
    return scratch.bytes.withUnsafeBytes { texts in
      var entries = keepsHeaders ? original.headerEntries.compactMap { Self.kept($0) } : []
      func replace(_ header: StaticString, by value: amqp_bytes_t) {
        entries.removeAll { $0.key.isEqual(to: header) }
        entries.append(amqp_table_entry_t(header, value))
      }
      if original.has(CHAT3_HAS_USER_ID) { replace("x-original-user-id", by: original.user_id) }
      if original.has(CHAT3_HAS_EXPIRATION) { replace("x-original-expiration", by: original.expiration) }
      entries.append(amqp_table_entry_t("x-error", amqp_bytes_t(texts, error)))
      entries.append(amqp_table_entry_t("x-failed-at", amqp_bytes_t(texts, failedAt)))
      entries.append(amqp_table_entry_t("x-original-exchange", amqp_bytes_t(texts, exchange)))
      entries.append(amqp_table_entry_t("x-original-routing-key", amqp_bytes_t(texts, key)))
      properties.clear(CHAT3_HAS_USER_ID)
      properties.clear(CHAT3_HAS_EXPIRATION)
      properties.delivery_mode = 2
      properties.set(CHAT3_HAS_DELIVERY_MODE, CHAT3_HAS_HEADERS)
      return entries.withUnsafeMutableBufferPointer { entries in
        properties.headers = amqp_table_t(entries)
        return letter.body.withUnsafeBytes { body in
          amqp_basic_publish(
            state, Self.channel, amqp_bytes_t(""), amqp_bytes_t(texts, queue), 1, 0, &properties,
            amqp_bytes_t(body))
        }
      }
    }
  }

  /// A header of the original as it is kept; `nil` when it is replaced.
  private static func kept(_ entry: amqp_table_entry_t) -> amqp_table_entry_t? {
    guard let rename = renamedHeaders.first(where: { entry.key.isEqual(to: $0.from) }) else { return entry }
    guard let name = rename.to else { return nil }
    var entry = entry
    entry.key = amqp_bytes_t(name)
    return entry
  }
}
