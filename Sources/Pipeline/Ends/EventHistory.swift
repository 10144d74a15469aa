import BSON
package import Updates

/// What a store knows of an event besides its updates.
package struct EventHistory: Sendable, Equatable {
  /// What became of the event.
  package enum Outcome: Sendable, Equatable {
    /// Its updates, maybe none, were made.
    case handled
    /// Its type makes none.
    case ignored
    /// It is a bad event, for this reason.
    case bad(String)
  }

  /// The tenant.
  package let tenantId: Identifier
  /// The event's type.
  package let eventType: String
  /// The dialog it was about.
  package let dialogId: String?
  /// What became of it.
  package let outcome: Outcome

  /// Takes a history.
  package init(tenantId: Identifier, eventType: String, dialogId: String?, outcome: Outcome) {
    self.tenantId = tenantId
    self.eventType = eventType
    self.dialogId = dialogId
    self.outcome = outcome
  }
}
