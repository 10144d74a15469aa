import BSON

/// What has to be looked up for some events, each thing once. The answers are a ``StateSnapshot``.
public struct StateRequest: Sendable {
  /// Dialogs whose section has to be rebuilt.
  public var dialogs: Set<EntityKey> = []
  /// Memberships that an event is about.
  public var memberships: Set<MemberKey> = []
  /// Messages whose newest statuses are shown.
  public var statuses: Set<EntityKey> = []
  /// Messages whose statuses are counted.
  public var statusCounts: Set<StatusCountKey> = []
  /// Points in a dialog after which messages are counted.
  public var newerMessages: Set<MessagePosition> = []
  /// Users by their id as it is.
  public var users: Set<EntityKey> = []
  /// Entities whose metas are shown.
  public var metas: Set<MetaKey> = []
  /// Users whose memberships are counted.
  public var membershipCounts: Set<EntityKey> = []

  /// Asks for nothing.
  public init() {}

  /// Asks for a user by both forms under which it may be stored (spec section 2).
  mutating func addUser(_ tenantId: Identifier, _ id: Identifier) {
    users.insert(EntityKey(tenantId: tenantId, id: id))
    if let other = id.trimmedLowercase { users.insert(EntityKey(tenantId: tenantId, id: other)) }
  }
}

/// A message whose statuses are counted, without those of its sender.
public struct StatusCountKey: Hashable, Sendable {
  /// The message.
  public let message: EntityKey
  /// The sender, whose records do not count; `nil` when nobody knows him.
  public let senderId: Identifier?

  /// Names a count.
  public init(message: EntityKey, senderId: Identifier?) {
    self.message = message
    self.senderId = senderId
  }
}

/// A point in the order of a dialog's messages: by `createdAt`, then `messageId` (spec section 6).
public struct MessagePosition: Hashable, Sendable {
  /// The dialog.
  public let dialog: EntityKey
  /// Milliseconds since 1970.
  public let createdAt: BSONNumber
  /// Splits equal times; `nil`: only a greater `createdAt` is newer.
  public let messageId: Identifier?

  /// Names a point.
  public init(dialog: EntityKey, createdAt: BSONNumber, messageId: Identifier?) {
    self.dialog = dialog
    self.createdAt = createdAt
    self.messageId = messageId
  }
}
