import CRabbitMQ
import Foundation

extension ConnectionHandle {
  /// The next frame from the server; `nil` when there is none now. Never waits. Also sends a heartbeat when
  /// one is due, and throws when the server's heartbeats are missing.
  func nextFrame() throws(BrokerError) -> BrokerFrame? {
    while true {
      var frame = amqp_frame_t()
      var none = timeval(tv_sec: 0, tv_usec: 0)
      let status = amqp_simple_wait_frame_noblock(state, &frame, &none)
      if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
      try Reply.check(status, .other, address)
      if let complete = try take(frame) {
        amqp_maybe_release_buffers(state)
        return complete
      }
    }
  }

  /// Processes a frame; returns what it completes, if anything.
  private func take(_ frame: amqp_frame_t) throws(BrokerError) -> BrokerFrame? {
    switch UInt32(frame.frame_type) {
    case CHAT3_FRAME_METHOD.rawValue: return try takeMethod(frame.payload.method)
    case CHAT3_FRAME_HEADER.rawValue: return try takeHeader(frame)
    case CHAT3_FRAME_BODY.rawValue: return try takeBody(frame.payload.body_fragment)
    default: return nil
    }
  }

  /// Begins a message whose header and body follow. Returns `nil`, because there is nothing to hand on yet.
  private func begin(
    _ tag: UInt64, _ redelivered: amqp_boolean_t, exchange: amqp_bytes_t, key: amqp_bytes_t
  ) -> BrokerFrame? {
    incoming = PartialMessage(
      kind: .delivery,
      message: IncomingMessage(
        tag: tag, isRedelivered: redelivered != 0, exchange: exchange.text, routingKey: key.text))
    return nil
  }

  private func takeMethod(_ method: amqp_method_t) throws(BrokerError) -> BrokerFrame? {
    guard let decoded = method.decoded else { return .other(method.id) }
    switch method.id {
    case CHAT3_BASIC_DELIVER.rawValue:
      let deliver = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
      return begin(
        deliver.delivery_tag, deliver.redelivered, exchange: deliver.exchange, key: deliver.routing_key)
    case CHAT3_BASIC_RETURN.rawValue:
      let back = decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
      incoming = PartialMessage(kind: .returned(reason: back.reply_text.text))
      return nil
    case CHAT3_BASIC_ACK.rawValue:
      let ack = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
      return .acknowledged(through: ack.delivery_tag, multiple: ack.multiple != 0)
    case CHAT3_BASIC_NACK.rawValue:
      let nack = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
      return .refused(through: nack.delivery_tag, multiple: nack.multiple != 0)
    case CHAT3_BASIC_CANCEL.rawValue: return .consumerCancelled
    case CHAT3_CONNECTION_BLOCKED.rawValue:
      let blocked = decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
      return .blocked(reason: blocked.reason.text)
    case CHAT3_CONNECTION_UNBLOCKED.rawValue: return .unblocked
    default:
      guard let refusal = Reply.refusal(method) else { return .other(method.id) }
      confirmClose(method.id)
      return .closed(refusal)
    }
  }

  private func takeHeader(_ frame: amqp_frame_t) throws(BrokerError) -> BrokerFrame? {
    if case .none = incoming.kind { throw unexpectedContent }
    let header = frame.payload.properties
    incoming.missing = header.body_size
    if case .delivery = incoming.kind {
      incoming.message.properties = header.raw.array
      if let decoded = header.decoded {
        takeHeaders(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
      }
      // On the server's word alone, no more than a megabyte is reserved.
      incoming.message.body.reserveCapacity(Int(min(header.body_size, 1 << 20)))
    }
    return completed()
  }

  private func takeBody(_ fragment: amqp_bytes_t) throws(BrokerError) -> BrokerFrame? {
    guard incoming.missing >= fragment.len else { throw unexpectedContent }
    incoming.missing -= UInt64(fragment.len)
    if case .delivery = incoming.kind, let bytes = fragment.bytes {
      incoming.message.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: fragment.len))
    }
    return completed()
  }

  private func completed() -> BrokerFrame? {
    guard incoming.missing == 0 else { return nil }
    defer { incoming = PartialMessage() }
    return switch incoming.kind {
    case .none: nil
    case .delivery: .delivery(incoming.message)
    case .returned(let reason): .returned(reason: reason)
    }
  }

  private func takeHeaders(_ properties: amqp_basic_properties_t) {
    guard properties._flags & UInt32(CHAT3_HAS_HEADERS.rawValue) != 0,
      let entries = properties.headers.entries
    else { return }
    for index in 0..<Int(properties.headers.num_entries) {
      if entries[index].key.isEqual(to: "x-delivery-count") {
        incoming.message.deliveryCount = entries[index].value.integer ?? 0
      }
      guard entries[index].value.kind == UInt8(ascii: "S") else { continue }
      let value = entries[index].value.value.bytes
      if entries[index].key.isEqual(to: "traceparent") {
        incoming.message.traceParent = value.text
      } else if entries[index].key.isEqual(to: "tracestate") {
        incoming.message.traceState = value.text
      } else if entries[index].key.isEqual(to: "x-original-exchange") {
        incoming.message.originalExchange = value.text
      } else if entries[index].key.isEqual(to: "x-original-routing-key") {
        incoming.message.originalRoutingKey = value.text
      }
    }
  }

  private var unexpectedContent: BrokerError {
    BrokerError(
      .protocolViolation, "RabbitMQ at \(address) sent frames of a message that do not belong together.",
      isRetryable: true)
  }
}
