package import BSON
package import Updates

/// One event as a source delivers it.
package final class Delivery: Sendable {
  /// The event's text, or what a source has made of it already.
  package enum Content: Sendable {
    /// JSON text, as it came.
    case json([UInt8])
    /// Decoded by the source.
    case document(BSONDocument)
    /// What the source could not read.
    case unreadable(BadEvent)
  }

  /// The event.
  package let content: Content
  /// The source's own number of the delivery, ascending.
  package let tag: UInt64
  /// Whether the event may have been handled before.
  package let isRedelivered: Bool
  /// Trace headers to pass on (spec section 5).
  package let trace: TraceContext
  /// How it came, for the dead letters; `nil` when it is from no broker.
  package let origin: Origin?

  /// What a broker said about a message besides its body.
  package struct Origin: Sendable {
    /// The exchange that it was published to.
    package let exchange: String
    /// The routing key that it was published with.
    package let routingKey: String
    /// Its properties and headers, in the broker's own encoding.
    package let properties: [UInt8]

    /// Takes what the broker said.
    package init(exchange: String, routingKey: String, properties: [UInt8]) {
      self.exchange = exchange
      self.routingKey = routingKey
      self.properties = properties
    }
  }

  /// Takes a delivery.
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
