import BSON
import Updates

/// Where updates are published (spec section 5).
public protocol UpdatePublisher: Sendable {
  /// Sends the messages in their order and returns, when each has been confirmed or cannot be sent for what it
  /// is, the indexes and reasons of the latter. A failure of the server is thrown.
  func publish(_ messages: [UpdateMessage]) async throws -> [Int: String]
}

/// One update as a message.
public final class UpdateMessage: Sendable {
  /// `message_id`: the update's `_id`.
  public let id: ObjectId
  /// The routing key.
  public let routingKey: String
  /// `type`.
  public let type: UpdateType?
  /// Header `tenantId`.
  public let tenantId: Identifier
  /// Header `userId`.
  public let userId: Identifier
  /// Header `eventType`.
  public let eventType: String
  /// Header `eventId`.
  public let eventId: ObjectId
  /// `timestamp`, in milliseconds since 1970.
  public let createdAt: Double
  /// JSON text.
  public let body: [UInt8]
  /// Trace headers to pass on.
  public let trace: TraceContext

  /// The message of an update that was just made.
  public init(_ update: Update, publishedAt: Double, trace: TraceContext) {
    id = update.id
    routingKey = update.routingKey
    type = update.content.updateType
    tenantId = update.content.tenantId
    userId = update.userId
    eventType = update.content.eventType
    eventId = update.content.eventId
    createdAt = update.createdAt
    body = update.body(publishedAt: publishedAt)
    self.trace = trace
  }

  /// The message of an update that was stored before.
  public init(_ update: StoredUpdate, publishedAt: Double, trace: TraceContext = TraceContext()) {
    id = update.id
    routingKey = update.routingKey
    type = update.type
    tenantId = update.tenantId
    userId = update.userId
    eventType = update.eventType
    eventId = update.eventId
    createdAt = update.createdAt
    body = update.body(publishedAt: publishedAt)
    self.trace = trace
  }
}

extension UpdateMessage {
  /// Past the year 9999 no client knows a time, in seconds since 1970.
  private static let latest = 253_402_300_799.0

  /// `timestamp` in seconds since 1970: what a damaged or foreign record has for a time becomes the nearest one there is.
  public var timestamp: UInt64 {
    // In this order, in which NaN becomes 0.
    UInt64(min(max(0, createdAt / 1000), Self.latest).rounded(.down))
  }
}
