package import BSON
package import Updates

/// How one occurrence of an event was ended.
package struct LedgerEntry: Sendable {
  /// The event's identity.
  package let eventId: ObjectId
  /// What became of it.
  package let history: EventHistory
  /// How many updates it meant.
  package let updates: Int

  /// Takes an entry.
  package init(eventId: ObjectId, history: EventHistory, updates: Int) {
    self.eventId = eventId
    self.history = history
    self.updates = updates
  }

  /// The event.
  package var eventKey: EventKey { EventKey(tenantId: history.tenantId, eventId: eventId) }
}
