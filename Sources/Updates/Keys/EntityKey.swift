/// An entity of one tenant: a user, dialog or message. Two tenants may use the same ids (spec section 2).
package struct EntityKey: Hashable, Sendable {
  package let tenantId: Identifier
  package let id: Identifier

  package init(tenantId: Identifier, id: Identifier) {
    self.tenantId = tenantId
    self.id = id
  }
}
