import BSON

/// What the look-ups found, as the planner reads it. A key that is missing was not found.
public struct StateSnapshot: Sendable {
  /// `dialogs` records.
  public var dialogs: [EntityKey: BSONDocument] = [:]
  /// `dialogmembers` records that an event is about, active or not.
  public var memberships: [MemberKey: BSONDocument] = [:]
  /// The newest 100 `messagestatuses` records of a message, newest first, then by userId.
  public var statuses: [EntityKey: [BSONDocument]] = [:]
  /// How often each pair of userType and status stands in the history of a message.
  public var statusCounts: [StatusCountKey: [StatusCount]] = [:]
  /// Who sent how many messages after a point.
  public var newerMessages: [MessagePosition: NewerMessages] = [:]
  /// `users` records by their stored id.
  public var users: [EntityKey: BSONDocument] = [:]
  /// Meta objects `{key: value}`.
  public var metas: [MetaKey: BSONDocument] = [:]
  /// Counted memberships.
  public var membershipCounts: [EntityKey: MembershipCounts] = [:]

  /// Knows nothing.
  public init() {}

  /// The record of a user: by the id as it is, else by its trimmed lower-case form (spec section 2).
  func user(_ tenantId: Identifier, _ id: Identifier) -> BSONDocument? {
    if let record = users[EntityKey(tenantId: tenantId, id: id)] { return record }
    guard let other = id.trimmedLowercase else { return nil }
    return users[EntityKey(tenantId: tenantId, id: other)]
  }

  /// The meta object of an entity, empty when it has none.
  func meta(_ key: MetaKey) -> BSONDocument { metas[key] ?? .empty }
}

/// One record of `dialogmembers`: a recipient.
public struct Member: Sendable {
  /// The member.
  public let userId: Identifier
  /// `unreadCount`, `lastSeenAt`, `lastMessageAt` and `isActive` as stored.
  public let record: BSONDocument

  /// Takes a record.
  public init(userId: Identifier, record: BSONDocument) {
    self.userId = userId
    self.record = record
  }
}

/// How often a pair of userType and status stands in a message's history (spec section 3.1).
public struct StatusCount: Sendable, Equatable {
  /// The type of the users, `nil` when the records have none.
  public let userType: String?
  /// The status, `nil` when the records have none.
  public let status: String?
  /// Every record counted.
  public let count: Int

  /// Takes a count.
  public init(userType: String?, status: String?, count: Int) {
    self.userType = userType
    self.status = status
    self.count = count
  }
}

/// The messages of a dialog that are newer than one (spec section 6).
public struct NewerMessages: Sendable, Equatable {
  /// All of them.
  public var total = 0
  /// Those of each sender; messages without a sender are in ``total`` only.
  public var bySender: [Identifier: Int] = [:]

  /// None.
  public init() {}

  /// L of spec section 6: those sent by anybody but this member.
  func notSent(by userId: Identifier) -> Int { total - bySender[userId, default: 0] }
}

/// Counters over a user's active memberships in the tenant (spec section 6).
public struct MembershipCounts: Sendable, Equatable {
  /// A user without memberships.
  public static let none = MembershipCounts(dialogs: 0, unread: 0)

  /// `dialogCount`: all of them.
  public let dialogs: Int
  /// `unreadDialogsCount`: those with `unreadCount` above 0.
  public let unread: Int

  /// Takes counts.
  public init(dialogs: Int, unread: Int) {
    self.dialogs = dialogs
    self.unread = unread
  }
}
