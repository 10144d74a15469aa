package import BSON
package import Pipeline
import Synchronization
package import Updates

/// Keeps updates in memory as the protocol demands. It refuses and fails as it is told.
package final class ScriptedStore: UpdateStore {
  private struct State {
    var records: [BSONDocument] = []
    var ids: Set<ObjectId> = []
    var outcomes: [Identifier: InsertOutcome] = [:]
  }

  /// Has a line for each call that changes something: `insert` or `mark` and the recipients.
  package let journal: Journal
  package let inserting = Outage()
  package let reading = Outage()
  package let marking = Outage()
  private let state = Mutex(State())

  package init(journal: Journal = Journal()) {
    self.journal = journal
  }

  /// Answers this for the updates of a user instead of storing them.
  package func answer(_ outcome: InsertOutcome, for user: String) {
    state.withLock { $0.outcomes[Identifier(user)] = outcome }
  }

  /// All records, in the order in which they were stored.
  package var records: [BSONDocument] { state.withLock { $0.records } }

  /// The records that have all fields of an update.
  package var updates: [StoredUpdate] { records.compactMap(StoredUpdate.init) }

  /// Stores a record as another program would.
  package func put(_ record: BSONDocument) {
    state.withLock { state in
      state.records.append(record)
      if let id = record["_id"]?.objectId { state.ids.insert(id) }
    }
  }

  /// Removes records as another program would.
  package func remove(where isGone: (StoredUpdate) -> Bool) {
    state.withLock { state in
      state.records.removeAll { StoredUpdate($0).map(isGone) ?? false }
      state.ids = Set(state.records.compactMap { $0["_id"]?.objectId })
    }
  }

  package func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    journal.note(["insert"] + updates.map(\.userId.string))
    try inserting.strike()
    return state.withLock { state in
      updates.map { update in
        if let outcome = state.outcomes[update.userId] { return outcome }
        guard state.ids.insert(update.id).inserted else { return .existing }
        state.records.append(update.document())
        return .new
      }
    }
  }

  package func unpublished(among ids: [ObjectId]) async throws -> [StoredUpdate] {
    try reading.strike()
    let ids = Set(ids)
    return updates.filter { ids.contains($0.id) && !$0.isPublished }
  }

  package func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async throws -> [StoredUpdate] {
    try reading.strike()
    let found = updates.filter { update in
      !update.isPublished && update.tenantId == tenantId && events.contains(update.eventId)
        && after.map { $0.isMade(before: update) } ?? true
    }
    return Array(found.sorted { $0.isMade(before: $1) }.prefix(limit))
  }

  package func markPublished(_ ids: [ObjectId], at publishedAt: Double) async throws {
    let marked = Set(ids)
    let users = Dictionary(updates.map { ($0.id, $0.userId.string) }) { first, _ in first }
    journal.note(["mark"] + ids.map { users[$0] ?? "?" })
    try marking.strike()
    state.withLock { state in
      for index in state.records.indices {
        guard let id = state.records[index]["_id"]?.objectId, marked.contains(id) else { continue }
        state.records[index] = state.records[index].replacing { output in
          output.append("published", true)
          output.append("publishedAt", publishedAt)
        }
      }
    }
  }
}

extension StoredUpdate {
  /// The order of ``UpdateStore/unpublished(of:tenantId:after:limit:)``.
  fileprivate func isMade(before other: StoredUpdate) -> Bool {
    if createdAt != other.createdAt { return createdAt < other.createdAt }
    return id.bytes.lexicographicallyPrecedes(other.id.bytes)
  }
}

extension BSONDocument {
  /// The same document with these fields in place of those with the same names.
  package func replacing(_ build: (inout BSONWriter) -> Void) -> BSONDocument {
    var fields = BSONWriter()
    build(&fields)
    let replaced = fields.finish()
    var output = BSONWriter(capacity: bytes.count)
    for element in self { output.append(replaced[element.key] ?? element) }
    for element in replaced where self[element.key] == nil { output.append(element) }
    return output.finish()
  }
}
