/// What the records of the collection `metas` are about (spec section 2).
package enum MetaEntity: String, Sendable, CaseIterable {
  /// A user.
  case user
  /// A dialog.
  case dialog
  /// A message.
  case message
  /// A membership; its entityId is `{dialogId}:{userId}`.
  case dialogMember
}

/// An entity that may have metas.
package struct MetaKey: Hashable, Sendable {
  /// The tenant.
  package let tenantId: Identifier
  /// The kind of entity.
  package let entity: MetaEntity
  /// The user, dialog or message; the dialog of a membership.
  private let id: Identifier
  /// The member of a membership.
  private let userId: Identifier?

  /// Names an entity that is no membership.
  package init(tenantId: Identifier, entity: MetaEntity, entityId: Identifier) {
    self.tenantId = tenantId
    self.entity = entity
    id = entityId
    userId = nil
  }

  /// Names a membership.
  package init(_ member: MemberKey) {
    tenantId = member.dialog.tenantId
    entity = .dialogMember
    id = member.dialog.id
    userId = member.userId
  }

  /// The membership that was named, `nil` for other entities.
  package var member: MemberKey? {
    userId.map { MemberKey(dialog: EntityKey(tenantId: tenantId, id: id), userId: $0) }
  }

  /// The id within tenant and kind, as `metas` has it (spec section 2).
  package var entityId: Identifier {
    userId.map { Identifier("\(id.string):\($0.string)") } ?? id
  }
}
