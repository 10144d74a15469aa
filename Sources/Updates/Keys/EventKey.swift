package import BSON

/// A source event of a tenant.
package struct EventKey: Hashable, Sendable {
  package let tenantId: Identifier
  package let eventId: ObjectId

  package init(tenantId: Identifier, eventId: ObjectId) {
    self.tenantId = tenantId
    self.eventId = eventId
  }
}
