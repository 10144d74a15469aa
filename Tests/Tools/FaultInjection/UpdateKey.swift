import SpecModel

/// What makes an update one (spec section 4).
package struct UpdateKey: Hashable, Sendable, CustomStringConvertible {
  /// The tenant.
  package let tenant: String
  /// The source event.
  package let event: String
  /// The recipient.
  package let user: String
  /// The update type in lower case.
  package let type: String

  /// Names an update.
  package init(tenant: String, event: String, user: String, type: String) {
    self.tenant = tenant
    self.event = event
    self.user = user
    self.type = type.lowercased()
  }

  init(_ update: ExpectedUpdate) {
    self.init(
      tenant: update.tenantId.text, event: update.eventId.text, user: update.userId.text,
      type: update.updateType)
  }

  /// All of it.
  package var description: String { "\(type) of \(event) for \(tenant)/\(user)" }
}
