import BSON
import Updates

/// One event as a source delivers it.
public final class Delivery: Sendable {
  /// The event's text, or what a source has made of it already.
  public enum Content: Sendable {
    /// JSON text, as it came.
    case json([UInt8])
    /// Decoded by the source.
    case document(BSONDocument)
    /// What the source could not read.
    case unreadable(BadEvent)
  }

  /// The event.
  public let content: Content
  /// The source's own number of the delivery, ascending.
  public let tag: UInt64
  /// Whether the event may have been handled before.
  public let isRedelivered: Bool
  /// Trace headers to pass on (spec section 5).
  public let trace: TraceContext
  /// How it came, for the dead letters; `nil` when it is from no broker.
  public let origin: Origin?

  /// What a broker said about a message besides its body.
  public struct Origin: Sendable {
    /// The exchange that it was published to.
    public let exchange: String
    /// The routing key that it was published with.
    public let routingKey: String
    /// Its properties and headers, in the broker's own encoding.
    public let properties: [UInt8]

    /// Takes what the broker said.
    public init(exchange: String, routingKey: String, properties: [UInt8]) {
      self.exchange = exchange
      self.routingKey = routingKey
      self.properties = properties
    }
  }

  /// Takes a delivery.
  public init(
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

/// The W3C trace headers of an event, passed on to its updates (spec section 5).
public struct TraceContext: Sendable, Equatable {
  /// Longer headers, in bytes, are dropped.
  public static let longest = 4096

  /// `traceparent`.
  public let parent: String?
  /// `tracestate`.
  public let state: String?

  /// Takes the headers; one over ``longest`` bytes is dropped.
  public init(parent: String? = nil, state: String? = nil) {
    self.parent = parent.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
    self.state = state.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
  }
}

/// Where events come from. Used by one task at a time.
public protocol EventSource: Sendable {
  /// The next events in their order: as many as are there, up to `limit`, waiting only when there is none.
  /// Empty at the end, for a source that has one.
  func next(limit: Int) async throws -> [Delivery]

  /// Everything up to and including this delivery is done with: its updates are stored and confirmed, or it
  /// is with the dead letters.
  func acknowledge(through tag: UInt64) async throws
}

/// Where bad events go (spec section 8).
public protocol DeadLetters: Sendable {
  /// Keeps the delivery with what is wrong with it; returns once it is safe.
  func bury(_ delivery: Delivery, because error: BadEvent) async throws
}
