/// An entity of one tenant: a user, dialog or message. Two tenants may use the same ids (spec section 2).
public struct EntityKey: Hashable, Sendable {
  /// The tenant.
  public let tenantId: Identifier
  /// The id within the tenant.
  public let id: Identifier

  /// Names an entity.
  public init(tenantId: Identifier, id: Identifier) {
    self.tenantId = tenantId
    self.id = id
  }
}

/// A membership: one user in one dialog.
public struct MemberKey: Hashable, Sendable {
  /// The dialog.
  public let dialog: EntityKey
  /// The member.
  public let userId: Identifier

  /// Names a membership.
  public init(dialog: EntityKey, userId: Identifier) {
    self.dialog = dialog
    self.userId = userId
  }
}

/// What the records of the collection `metas` are about (spec section 2).
public enum MetaEntity: String, Sendable, CaseIterable {
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
public struct MetaKey: Hashable, Sendable {
  /// The tenant.
  public let tenantId: Identifier
  /// The kind of entity.
  public let entity: MetaEntity
  /// The user, dialog or message; the dialog of a membership.
  private let id: Identifier
  /// The member of a membership.
  private let userId: Identifier?

  /// Names an entity that is no membership.
  public init(tenantId: Identifier, entity: MetaEntity, entityId: Identifier) {
    self.tenantId = tenantId
    self.entity = entity
    id = entityId
    userId = nil
  }

  /// Names a membership.
  public init(_ member: MemberKey) {
    tenantId = member.dialog.tenantId
    entity = .dialogMember
    id = member.dialog.id
    userId = member.userId
  }

  /// The membership that was named, `nil` for other entities.
  public var member: MemberKey? {
    userId.map { MemberKey(dialog: EntityKey(tenantId: tenantId, id: id), userId: $0) }
  }

  /// The id within tenant and kind, as `metas` has it (spec section 2).
  public var entityId: Identifier {
    userId.map { Identifier("\(id.string):\($0.string)") } ?? id
  }
}
