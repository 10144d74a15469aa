package import BSON
package import Updates

/// One event as a source delivers it.
package final class Delivery: Sendable {
  /// The event's text, or what the source has already made of it.
  package enum Content: Sendable {
    /// JSON text as it arrived.
    case json([UInt8])
    /// An event that the source has decoded.
    case document(BSONDocument)
    /// An event that the source could not read, and why.
    case unreadable(BadEvent)
  }

  package let content: Content
  /// The source's own number for the delivery. Numbers ascend.
  package let tag: UInt64
  /// Whether the event may have been handled before.
  package let isRedelivered: Bool
  /// The trace headers to pass on (spec section 5).
  package let trace: TraceContext
  /// How the event arrived, for the dead letters; `nil` when it did not come from a broker.
  package let origin: Origin?

  /// What a broker said about a message besides its body.
  package struct Origin: Sendable {
    /// The exchange to which it was published.
    package let exchange: String
    /// The routing key with which it was published.
    package let routingKey: String
    /// The message's properties and headers, in the broker's own encoding.
    package let properties: [UInt8]

    package init(exchange: String, routingKey: String, properties: [UInt8]) {
      self.exchange = exchange
      self.routingKey = routingKey
      self.properties = properties
    }
  }

  package init(
    content: Content, tag: UInt64, isRedelivered: Bool = false, trace: TraceContext = TraceContext(),
    origin: Origin? = nil
  ) {
    self.content = content
    self.tag = tag
    self.isRedelivered = isRedelivered
    self.trace = trace
    self.origin = origin
  }
}
