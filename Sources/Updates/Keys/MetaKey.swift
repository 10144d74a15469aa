/// The kinds of entity that records of the collection `metas` are about (spec section 2).
package enum MetaEntity: String, Sendable, CaseIterable {
  case user
  case dialog
  case message
  /// A membership. Its `entityId` is `{dialogId}:{userId}`.
  case dialogMember
}

/// An entity that may have metas.
package struct MetaKey: Hashable, Sendable {
  package let tenantId: Identifier
  package let entity: MetaEntity
  /// The id of the user, dialog or message; for a membership, of its dialog.
  private let id: Identifier
  /// The member, for a membership only.
  private let userId: Identifier?

  /// Names a user, dialog or message.
  package init(tenantId: Identifier, entity: MetaEntity, entityId: Identifier) {
    self.tenantId = tenantId
    self.entity = entity
    id = entityId
    userId = nil
  }

  package init(_ member: MemberKey) {
    tenantId = member.dialog.tenantId
    entity = .dialogMember
    id = member.dialog.id
    userId = member.userId
  }

  /// The membership; `nil` for other entities.
  package var member: MemberKey? {
    userId.map { MemberKey(dialog: EntityKey(tenantId: tenantId, id: id), userId: $0) }
  }

  /// The `entityId` of the records in `metas` (spec section 2).
  package var entityId: Identifier {
    userId.map { Identifier(id.string + ":" + $0.string) } ?? id
  }
}
