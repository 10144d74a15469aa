/// An entity of one tenant: a user, dialog or message. Two tenants may use the same ids (spec section 2).
package struct EntityKey: Hashable, Sendable {
  /// The tenant.
  package let tenantId: Identifier
  /// The id within the tenant.
  package let id: Identifier

  /// Names an entity.
  package init(tenantId: Identifier, id: Identifier) {
    self.tenantId = tenantId
    self.id = id
  }
}
