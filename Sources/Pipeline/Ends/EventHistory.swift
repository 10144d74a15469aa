import BSON
package import Updates

/// What a store knows about an event besides its updates.
package struct EventHistory: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    /// Its updates were made; there may have been none.
    case handled
    /// Its type makes no updates.
    case ignored
    /// It is a bad event, for the given reason.
    case bad(String)
  }

  package let tenantId: Identifier
  package let eventType: String
  /// The dialog it was about, `nil` when it was about none.
  package let dialogId: String?
  package let outcome: Outcome
  /// How many updates it made when it was handled; `nil` where nobody has noted that.
  package let updates: Int?

  package init(
    tenantId: Identifier, eventType: String, dialogId: String?, outcome: Outcome, updates: Int? = nil
  ) {
    self.tenantId = tenantId
    self.eventType = eventType
    self.dialogId = dialogId
    self.outcome = outcome
    self.updates = updates
  }
}
