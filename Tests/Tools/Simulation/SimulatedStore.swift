package import BSON
import Maintenance
package import Pipeline
package import Updates

/// A process's connection to a ``SimulatedDatabase``.
///
/// `@unchecked Sendable`: see ``World``.
package final class SimulatedStore: @unchecked Sendable {
  let database: SimulatedDatabase
  let life: Life
  /// Called before updates are sent to be stored.
  var willStore: ([Update]) -> Void = { _ in }
  /// Called before a mark is sent.
  var willMark: ([ObjectId]) -> Void = { _ in }

  package init(_ database: SimulatedDatabase, life: Life) {
    self.database = database
    self.life = life
  }

  /// As the worker calls it before it begins.
  func prepare() async throws {
    try await life.call(.connect, of: database.server, "prepares the store") { _ in }
  }

  func read<Answer>(
    _ operation: Operation = .lookUp, _ words: @autoclosure () -> String,
    _ body: @escaping (SimulatedDatabase) -> Answer
  ) async throws -> Answer {
    let database = database
    return try await life.call(operation, of: database.server, words()) { _ in body(database) }
  }
}

extension SimulatedStore: UpdateBacklog {
  package func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    willStore(updates)
    let database = database
    return try await life.call(.insert, of: database.server, "inserts \(names(updates.map(\.id)))") {
      database.insert(updates, percent: $0)
    }
  }

  package func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    try await read(.read, "reads \(ids.count) unpublished updates") { database in
      ids.compactMap { id in database.records[id].flatMap { $0.isPublished ? nil : $0.stored } }
    }
  }

  package func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    try await read(.read, "reads what is unpublished of \(events.count) events") { database in
      let wanted = Set(events)
      let found = database.unpublished.filter { record in
        record.tenantId == tenantId && wanted.contains(record.eventId)
      }
      return Array(
        found.sorted { $0.precedes($1) }.lazy.compactMap(\.stored).filter { after?.precedes($0) ?? true }
          .prefix(limit))
    }
  }

  package func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate] {
    try await read(.read, "reads a page of the backlog") { database in
      let found = database.unpublished.filter { $0.createdAt < before && $0.createdAt > after ?? -.infinity }
        .sorted { $0.precedes($1) }
      guard found.count > limit else { return found.compactMap(\.stored) }
      let last = found[limit - 1].createdAt
      return found.prefix { $0.createdAt <= last }.compactMap(\.stored)
    }
  }

  package func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
    try life.check()
    willMark(ids)
    let database = database
    try await life.call(.mark, of: database.server, "marks \(names(ids))") {
      database.mark(ids, at: publishedAt, percent: $0)
    }
  }

  private func names(_ ids: [ObjectId]) -> String { ids.map(\.shortName).joined(separator: " ") }
}

extension StoredUpdate {
  fileprivate func precedes(_ other: StoredUpdate) -> Bool {
    createdAt != other.createdAt
      ? createdAt < other.createdAt : id.bytes.lexicographicallyPrecedes(other.id.bytes)
  }
}

extension ObjectId {
  /// Enough of it for a trace.
  var shortName: String { String(description.suffix(6)) }
}

extension SimulatedStore: StateStore {
  package func apply(_ change: StateChange) async throws { database.apply(change) }
}

extension SimulatedStore: UpdateCatalog {
  package func page(of query: UpdateQuery, patience: Duration) async throws -> UpdatePage {
    let found = found(query)
    let page = Array(found.prefix(max(1, query.limit)))
    let next = found.count > page.count ? page.last.map(UpdateCursor.init) : nil
    return UpdatePage(page, next: next, searched: SearchedSpan(from: query.since, to: nil, isComplete: true))
  }

  package func updates(
    matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool
  ) async throws {
    let found = found(query)
    for update in query.limit > 0 ? Array(found.prefix(query.limit)) : found {
      guard try body(update) else { return }
    }
  }

  package func history(of eventId: ObjectId) async throws -> [EventHistory] { [] }

  /// Newest first.
  private func found(_ query: UpdateQuery) -> [StoredUpdate] {
    let newestFirst = database.records.values.sorted { $1.precedes($0) }.compactMap(\.stored)
    return newestFirst.filter { update in
      (query.tenantId.map { update.tenantId == Identifier($0) } ?? true)
        && (query.userId.map { update.userId == Identifier($0) } ?? true)
        && (query.dialogId.map { update.dialogId == $0 } ?? true)
        && (query.eventId.map { update.eventId == $0 } ?? true)
        && (query.eventTypes.isEmpty || query.eventTypes.contains(update.eventType))
        && (!query.onlyUnpublished || !update.isPublished)
        && (query.since.map { update.createdAt >= $0 } ?? true)
        && (query.cursor?.precedes(update) ?? true)
    }
  }
}

extension SimulatedStore: MembershipCatalog {
  package func members(of dialog: EntityKey, limit: Int) async throws -> [Member] {
    Array(database.state.allMembers(of: dialog).prefix(limit))
  }

  package func memberships(of user: EntityKey, limit: Int) async throws -> [Membership] {
    Array(database.state.memberships(of: user).prefix(limit))
  }
}
