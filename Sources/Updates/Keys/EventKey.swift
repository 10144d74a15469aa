package import BSON

/// A source event of a tenant.
package struct EventKey: Hashable, Sendable {
  /// The tenant.
  package let tenantId: Identifier
  /// The event's identity.
  package let eventId: ObjectId

  /// Names an event.
  package init(tenantId: Identifier, eventId: ObjectId) {
    self.tenantId = tenantId
    self.eventId = eventId
  }
}
