import BSON
import GRDB
package import Maintenance
import Pipeline
package import Updates

extension EmbeddedStore: StateRecords {
  package func records(
    _ selection: StateSelection, of tenantId: Identifier
  ) async throws -> any RecordStream {
    EmbeddedRecordStream(self, selection.listings(of: tenantId))
  }
}

/// The records of several listings, one after the other.
private actor EmbeddedRecordStream: RecordStream {
  private let store: EmbeddedStore
  private var listings: ArraySlice<RecordListing>
  /// The key of the last record of the first of the listings.
  private var last: [DatabaseValue]?

  init(_ store: EmbeddedStore, _ listings: [RecordListing]) {
    self.store = store
    self.listings = listings[...]
  }

  func next(_ count: Int) async throws -> [BSONDocument] {
    while let listing = listings.first {
      let after = last
      let found = try await store.read { try listing.records($0, after: after, limit: count) }
      last = found.last?.key
      if !found.isEmpty { return found.map(\.record) }
      listings.removeFirst()
    }
    return []
  }
}

/// Records of one table in the order of a key.
private struct RecordListing: Sendable {
  let table: String
  let condition: String
  let arguments: [DatabaseValue]
  let key: [String]

  init(
    _ table: RecordCollection, by key: String..., where condition: String,
    _ arguments: (any DatabaseValueConvertible)...
  ) {
    self.table = table.rawValue
    self.key = key
    self.condition = condition
    self.arguments = arguments.map(\.databaseValue)
  }

  func records(
    _ db: Database, after last: [DatabaseValue]?, limit: Int
  ) throws -> [(key: [DatabaseValue], record: BSONDocument)] {
    let columns = key.joined(separator: ", ")
    let rest = last.map { " AND (\(columns)) > (\(databaseQuestionMarks(count: $0.count)))" } ?? ""
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT record, \(columns) FROM \(table) WHERE \(condition)\(rest) ORDER BY \(columns) LIMIT ?",
      arguments: StatementArguments(arguments + (last ?? []) + [limit.databaseValue]))
    var found: [(key: [DatabaseValue], record: BSONDocument)] = []
    while let row = try rows.next() {
      found.append((key.indices.map { row[$0 + 1] }, try row.document(0)))
    }
    return found
  }
}

extension StateSelection {
  fileprivate func listings(of tenantId: Identifier) -> [RecordListing] {
    let tenant = tenantId.string
    func each(_ ids: [Identifier], _ listing: (String) -> RecordListing) -> [RecordListing] {
      ids.map { listing($0.string) }
    }
    switch self {
    case .users(let ids):
      return each(ids) {
        RecordListing(.users, by: "userId", where: "tenantId = ? AND userId = ?", tenant, $0)
      }
    case .dialogs(let ids):
      return each(ids) {
        RecordListing(.dialogs, by: "dialogId", where: "tenantId = ? AND dialogId = ?", tenant, $0)
      }
    case .messages(let ids):
      return each(ids) {
        RecordListing(.messages, by: "messageId", where: "tenantId = ? AND messageId = ?", tenant, $0)
      }
    case .memberships(let dialog, let users):
      return each(users) {
        RecordListing(
          .dialogmembers, by: "userId", where: "tenantId = ? AND dialogId = ? AND userId = ?", tenant,
          dialog.string, $0)
      }
    case .activeMembers(let dialogs):
      return each(dialogs) {
        RecordListing(
          .dialogmembers, by: "userId", where: "tenantId = ? AND dialogId = ? AND active", tenant, $0)
      }
    case .activeMemberships(let users):
      return each(users) {
        RecordListing(
          .dialogmembers, by: "dialogId", where: "tenantId = ? AND userId = ? AND active", tenant, $0)
      }
    case .newerMessages(let dialogs, let since):
      return each(dialogs) {
        RecordListing(
          .messages, by: "messageId", where: "tenantId = ? AND dialogId = ? AND createdAt >= ?", tenant, $0,
          since)
      }
    case .statuses(let messages):
      return each(messages) {
        RecordListing(
          .messagestatuses, by: "userId", "sequence", where: "tenantId = ? AND messageId = ?", tenant, $0)
      }
    case .metas(let entity, let ids):
      return each(ids) {
        RecordListing(
          .metas, by: "key", where: "tenantId = ? AND entityType = ? AND entityId = ?", tenant,
          entity.rawValue, $0)
      }
    }
  }
}
