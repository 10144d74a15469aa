import SpecModel

/// What makes an update one (spec section 4).
public struct UpdateKey: Hashable, Sendable, CustomStringConvertible {
  /// The tenant.
  public let tenant: String
  /// The source event.
  public let event: String
  /// The recipient.
  public let user: String
  /// The update type in lower case.
  public let type: String

  /// Names an update.
  public init(tenant: String, event: String, user: String, type: String) {
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
  public var description: String { "\(type) of \(event) for \(tenant)/\(user)" }
}
