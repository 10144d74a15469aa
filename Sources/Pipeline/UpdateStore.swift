import BSON
import Updates

/// Where updates are kept (spec section 4).
public protocol UpdateStore: Sendable {
  /// Stores updates that are not there yet; the stored version of the others wins.
  func insert(_ updates: [Update]) async throws -> InsertOutcome

  /// Those of these updates that are stored and whose publication was never confirmed, in any order.
  func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate]

  /// Stored updates of these events of a tenant whose publication was never confirmed, in the order in which they
  /// were made (by `createdAt`, then `_id`) from behind `after`, at most `limit`.
  func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate]

  /// Notes that the broker has confirmed these, sent at this time (milliseconds since 1970).
  func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws
}

/// A store that also tells what was never confirmed whatever its event, for the sweeps (spec section 7.5).
public protocol SweptStore: UpdateStore {
  /// Stored updates of any event whose publication was never confirmed, made after one time and before another
  /// (milliseconds since 1970), in the order in which they were made. About `limit`: fewer when they are large, and
  /// those made at the same time as the last come with it, so that the next page begins after its time. None at
  /// the end only.
  func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate]
}

/// A source event of a tenant.
public struct EventKey: Hashable, Sendable {
  /// The tenant.
  public let tenantId: Identifier
  /// The event's identity.
  public let eventId: ObjectId

  /// Names an event.
  public init(tenantId: Identifier, eventId: ObjectId) {
    self.tenantId = tenantId
    self.eventId = eventId
  }
}

/// What became of the updates handed to ``UpdateStore/insert(_:)``, by their index; those not named are new.
public struct InsertOutcome: Sendable {
  /// Were stored before.
  public var existing: Set<Int> = []
  /// Cannot be stored for what they contain, and why.
  public var refused: [Int: String] = [:]

  /// All are new.
  public init() {}
}

/// Where updates are read for debugging (spec section 10, `inspect`).
public protocol UpdateArchive: Sendable {
  /// Hands the updates that match to `body`, newest first, until it returns false.
  func updates(matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool)
    async throws

  /// All memberships of a dialog, active or not, at most `limit`.
  func members(of dialog: EntityKey, limit: Int) async throws -> [Member]

  /// What is known of events of this identity, in any tenant, besides their updates.
  func history(of eventId: ObjectId) async throws -> [EventHistory]
}

/// Which updates to read; `nil` and `false` mean any.
public struct UpdateQuery: Sendable {
  /// The tenant.
  public var tenantId: String?
  /// The recipient.
  public var userId: String?
  /// The dialog.
  public var dialogId: String?
  /// The source event.
  public var eventId: ObjectId?
  /// Event types, any of which will do; empty: all.
  public var eventTypes: [String] = []
  /// Only those never confirmed.
  public var onlyUnpublished = false
  /// How many at most; 0: all.
  public var limit = 20

  /// Matches everything.
  public init() {}
}

/// What a store knows of an event besides its updates.
public struct EventHistory: Sendable, Equatable {
  /// What became of the event.
  public enum Outcome: Sendable, Equatable {
    /// Its updates, maybe none, were made.
    case handled
    /// Its type makes none.
    case ignored
    /// It is a bad event, for this reason.
    case bad(String)
  }

  /// The tenant.
  public let tenantId: Identifier
  /// The event's type.
  public let eventType: String
  /// The dialog it was about.
  public let dialogId: String?
  /// What became of it.
  public let outcome: Outcome

  /// Takes a history.
  public init(tenantId: Identifier, eventType: String, dialogId: String?, outcome: Outcome) {
    self.tenantId = tenantId
    self.eventType = eventType
    self.dialogId = dialogId
    self.outcome = outcome
  }
}
