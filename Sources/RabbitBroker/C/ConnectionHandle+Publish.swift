import Updates
import BSON
import CRabbitMQ
import Foundation
import Pipeline

extension ConnectionHandle {
  /// Writes an update's message with the properties of spec section 5. Unless the connection is encrypted, it only
  /// lies ready after that, and ``flush()`` sends it.
  func publish(_ message: UpdateMessage, exchange exchangeName: String) throws(BrokerError) {
    scratch.bytes.removeAll(keepingCapacity: true)
    let exchange = scratch.add(exchangeName)
    let key = scratch.add(message.routingKey)
    let id = scratch.add(message.id)
    let type = message.type.map { scratch.add($0.rawValue) }
    let tenant = scratch.add(message.tenantId.string)
    let user = scratch.add(message.userId.string)
    let eventType = scratch.add(message.eventType)
    let event = scratch.add(message.eventId)
    let parent = message.trace.parent.map { scratch.add($0) }
    let traceState = message.trace.state.map { scratch.add($0) }
    let status = scratch.bytes.withUnsafeBytes { texts in
      withUnsafeTemporaryAllocation(of: amqp_table_entry_t.self, capacity: 6) { entries in
        var count = 0
        func append(_ key: StaticString, _ value: Range<Int>?) {
          guard let value else { return }
          entries.initializeElement(at: count, to: amqp_table_entry_t(key, amqp_bytes_t(texts, value)))
          count += 1
        }
        append("tenantId", tenant)
        append("userId", user)
        append("eventType", eventType)
        append("eventId", event)
        append("traceparent", parent)
        append("tracestate", traceState)

        var properties = amqp_basic_properties_t()
        properties.content_type = amqp_bytes_t("application/json")
        properties.delivery_mode = 2
        properties.message_id = amqp_bytes_t(texts, id)
        properties.timestamp = message.timestamp
        properties.headers = amqp_table_t(num_entries: Int32(count), entries: entries.baseAddress)
        properties.set(
          CHAT3_HAS_CONTENT_TYPE, CHAT3_HAS_DELIVERY_MODE, CHAT3_HAS_MESSAGE_ID, CHAT3_HAS_TIMESTAMP,
          CHAT3_HAS_HEADERS)
        if let type {
          properties.type = amqp_bytes_t(texts, type)
          properties.set(CHAT3_HAS_TYPE)
        }
        return message.body.withUnsafeBytes { body in
          if isEncrypted {
            return amqp_basic_publish(
              state, Self.channel, amqp_bytes_t(texts, exchange), amqp_bytes_t(texts, key), 0, 0, &properties,
              amqp_bytes_t(body))
          }
          var method = amqp_basic_publish_t()
          method.exchange = amqp_bytes_t(texts, exchange)
          method.routing_key = amqp_bytes_t(texts, key)
          return output.append(
            publishing: method, properties, body: body, channel: Self.channel, frameMax: frameMax,
            room: texts.count + Self.roomBesideTexts)
        }
      }
    }
    try Reply.check(status, .publishing(exchangeName), address)
  }

  /// An upper bound of what a message's method and properties take beside the update's texts, in bytes: the names of the
  /// headers, the lengths, and the numbers.
  private static let roomBesideTexts = 256

  /// Sends the messages that lie ready. While the socket takes nothing it waits, as librabbitmq does: until the server has
  /// read nothing for two heartbeats, or ``SocketBreaker`` breaks the connection off.
  func flush() throws(BrokerError) {
    defer { output.removeAll() }
    let status = output.bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let sent = Foundation.send(
          descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        if sent >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(sent))
        } else if errno == EAGAIN {
          var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          let limit = heartbeat > 0 ? Int32(heartbeat * 2000) : -1
          if poll(&watched, 1, limit) == 0 { return AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue }
        } else if errno != EINTR {
          return AMQP_STATUS_SOCKET_ERROR.rawValue
        }
      }
      return AMQP_STATUS_OK.rawValue
    }
    try Reply.check(status, .other, address)
  }

  /// Waits until the socket takes more output, or has input that is to be read first, or a heartbeat may be due.
  /// Returns whether it takes output; a broken socket does, because writing into it tells why.
  func hasRoom() -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLOUT | POLLIN), revents: 0)
    poll(&watched, 1, pollTimeout)
    return watched.revents & ~Int16(POLLIN) != 0
  }

  /// Holds small packets back while many messages are written in a row, or lets them go again. Without encryption
  /// they go together anyway.
  func holdPackets(_ isHeld: Bool) {
    guard isEncrypted else { return }
    var value: Int32 = isHeld ? 1 : 0
    // If this fails, there are more packets; nothing else changes.
    _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}

extension amqp_basic_properties_t {
  /// Marks properties as present.
  mutating func set(_ flags: chat3_amqp_property...) {
    for flag in flags { _flags |= UInt32(flag.rawValue) }
  }

  func has(_ flag: chat3_amqp_property) -> Bool { _flags & UInt32(flag.rawValue) != 0 }

  /// Marks a property as absent.
  mutating func clear(_ flag: chat3_amqp_property) { _flags &= ~UInt32(flag.rawValue) }
}
