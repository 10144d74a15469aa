package import BSON
package import Updates

/// How the handling of one occurrence of an event ended.
package struct LedgerEntry: Sendable {
  package let eventId: ObjectId
  package let history: EventHistory
  /// How many updates the event made.
  package let updates: Int

  package init(eventId: ObjectId, history: EventHistory, updates: Int) {
    self.eventId = eventId
    self.history = history
    self.updates = updates
  }

  package var eventKey: EventKey { EventKey(tenantId: history.tenantId, eventId: eventId) }
}
