import BSON
import Pipeline
import Synchronization
import Updates

/// What the roofline sends for the events of one round.
struct RecordedRound: Sendable {
  var events = 0
  /// One look-up per collection, for everything that the events need of it. A look-up with many ids is split.
  var lookUps: [LookUp] = []
  /// The documents to insert, slice by slice.
  var inserts: [[BSONDocument]] = []
  /// The messages to publish, slice by slice.
  var messages: [[UpdateMessage]] = []
}

/// The ends of a pipeline. They answer from a store in memory and record what the pipeline asks of them.
final class Recorder: Sendable {
  private let state: any Directory
  private let round = Mutex(RecordedRound())

  init(_ state: any Directory) {
    self.state = state
  }

  /// Returns what was recorded since the last call.
  func take(events: Int) -> RecordedRound {
    round.withLock { round in
      var taken = round
      taken.events = events
      round = RecordedRound()
      return taken
    }
  }

  private func note(_ lookUps: [LookUp]) { round.withLock { $0.lookUps += lookUps } }
}

extension Recorder: Directory {
  func messages(_ keys: [EntityKey: MessageDetail]) async throws -> [EntityKey: BSONDocument] {
    note(
      LookUp.byId(
        "messages", "messageId", keys.keys.map(\.id),
        fields: ["messageId", "dialogId", "senderId", "createdAt"]))
    return try await state.messages(keys)
  }

  func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    note(
      LookUp.activeMembers(
        "dialogId", dialogs.map(\.id),
        fields: ["dialogId", "userId", "unreadCount", "lastSeenAt", "lastMessageAt", "isActive"],
        pageSize: 1_000_000))
    return try await state.rosters(dialogs, limit: limit)
  }

  func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]] {
    note(
      LookUp.byId(
        "messagestatuses", "messageId", messages.map(\.id),
        fields: ["_id", "messageId", "userId", "userType", "status", "createdAt", "readAt", "deliveredAt"],
        sliceSize: 100))
    return try await state.statuses(messages, limit: limit)
  }

  func newerMessages(_ positions: Set<MessagePosition>) async throws -> [MessagePosition: NewerMessages] {
    let oldest = positions.map(\.createdAt.double).min() ?? 0
    note(LookUp.messages(of: Set(positions.map(\.dialog.id)), since: oldest))
    return try await state.newerMessages(positions)
  }

  func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    note(
      LookUp.byId("users", "userId", keys.map(\.id), fields: ["userId", "type", "name", "createdAt"]))
    return try await state.users(keys)
  }

  func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument] {
    for (entity, keys) in Dictionary(grouping: keys, by: \.entity) {
      note(
        LookUp.byId("metas", "entityId", keys.map(\.entityId), fields: ["entityId", "key", "value"]) {
          $0.append("entityType", entity.rawValue)
        })
    }
    return try await state.metas(keys)
  }

  func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts] {
    note(
      LookUp.activeMembers("userId", users.map(\.id), fields: ["userId", "unreadCount"], pageSize: 5000))
    return try await state.membershipCounts(users)
  }

  // The events of a load need none of the look-ups below.

  func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    throw BenchmarkError("a look-up of dialogs was not expected")
  }

  func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument] {
    throw BenchmarkError("a look-up of memberships was not expected")
  }

  func roster(of dialog: EntityKey, after user: Identifier?, pageSize: Int) async throws -> any Roster {
    throw BenchmarkError("the roster of a single dialog was not expected")
  }

  func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]] {
    throw BenchmarkError("counts of statuses were not expected")
  }
}

extension Recorder: UpdateStore, UpdatePublisher, DeadLetters {
  func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    let documents = updates.map { $0.document() }
    round.withLock { $0.inserts.append(documents) }
    return updates.map { _ in .new }
  }

  func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    round.withLock { $0.messages.append(messages) }
    return [:]
  }

  func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {}
  func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] { [] }
  func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] { [] }

  func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    throw BenchmarkError("an event of the load is bad: \(error)")
  }
}
