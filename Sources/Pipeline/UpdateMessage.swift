package import BSON
package import Updates

/// One update as a message.
package final class UpdateMessage: Sendable {
  /// `message_id`: the update's `_id`.
  package let id: ObjectId
  /// The routing key.
  package let routingKey: String
  /// `type`.
  package let type: UpdateType?
  /// Header `tenantId`.
  package let tenantId: Identifier
  /// Header `userId`.
  package let userId: Identifier
  /// Header `eventType`.
  package let eventType: String
  /// Header `eventId`.
  package let eventId: ObjectId
  /// `timestamp`, in milliseconds since 1970.
  package let createdAt: Double
  /// JSON text.
  package let body: [UInt8]
  /// Trace headers to pass on.
  package let trace: TraceContext

  /// The message of an update that was just made.
  package init(_ update: Update, publishedAt: Double, trace: TraceContext) {
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
  package init(_ update: StoredUpdate, publishedAt: Double, trace: TraceContext = TraceContext()) {
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
  package var timestamp: UInt64 {
    // In this order, in which NaN becomes 0.
    UInt64(min(max(0, createdAt / 1000), Self.latest).rounded(.down))
  }
}
