import SpecModel

/// What identifies an update (spec section 4).
package struct UpdateKey: Hashable, Sendable, CustomStringConvertible {
  package let tenant: String
  package let event: String
  package let user: String
  /// In lower case.
  package let type: String

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

  package var description: String { "\(type) of \(event) for \(tenant)/\(user)" }
}
