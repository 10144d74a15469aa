import Pipeline
import Updates

/// The limits that AMQP and the server set for a message.
struct MessageLimits: Equatable {
  /// The longest short string of AMQP (routing keys, names of exchanges, queues and virtual hosts), in bytes.
  static let shortString = UpdateType.longestRoutingKey
  /// The largest body, in bytes.
  let body: Int
  /// The largest frame, in bytes; all properties must fit into one.
  let frame: Int

  /// Why the message cannot be sent, in words; `nil` when it can.
  func objection(to message: UpdateMessage) -> String? {
    let key = message.routingKey.utf8.count
    if key > Self.shortString {
      return "the routing key has \(key) bytes; AMQP allows \(Self.shortString)"
    }
    if message.body.count > body {
      return "the message has \(message.body.count) bytes; the server takes \(body)"
    }
    // Names, lengths and the other properties need less than 512 bytes.
    let headers =
      512 + message.tenantId.string.utf8.count + message.userId.string.utf8.count
      + message.eventType.utf8.count
      + (message.trace.parent?.utf8.count ?? 0) + (message.trace.state?.utf8.count ?? 0)
    if headers > frame {
      return "the headers have about \(headers) bytes; the server takes \(frame)"
    }
    return nil
  }
}
