package import BSON
package import Updates

/// An update as a message (spec section 5).
package final class UpdateMessage: Sendable {
  /// Property `message_id`: the update's `_id`.
  package let id: ObjectId
  package let routingKey: String
  /// Property `type`.
  package let type: UpdateType?
  /// Header `tenantId`.
  package let tenantId: Identifier
  /// Header `userId`.
  package let userId: Identifier
  /// Header `eventType`.
  package let eventType: String
  /// Header `eventId`.
  package let eventId: ObjectId
  /// In milliseconds since 1970; the property ``timestamp`` is made from it.
  package let createdAt: Double
  /// JSON text (spec section 5).
  package let body: [UInt8]
  /// The trace headers to pass on.
  package let trace: TraceContext

  /// Makes the message of an update that was just made. `publishedAt` is in milliseconds since 1970.
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

  /// Makes the message of an update that was stored before. `publishedAt` is in milliseconds since 1970.
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
  /// The end of the year 9999, in seconds since 1970: clients know no later time.
  private static let latest = 253_402_300_799.0

  /// Property `timestamp`, in seconds since 1970. A time outside the range, in a record that is damaged or
  /// from another program, becomes the nearest one inside it.
  package var timestamp: UInt64 {
    // Only this order of the operands turns NaN into 0.
    UInt64(min(max(0, createdAt / 1000), Self.latest).rounded(.down))
  }
}
