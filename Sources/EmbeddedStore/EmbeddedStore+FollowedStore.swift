import BSON
import GRDB
package import Pipeline
import Updates

extension EmbeddedStore: FollowedStore {
  package func feed(of query: UpdateQuery) async throws -> any UpdateFeed {
    EmbeddedFeed(store: self, query: query, last: try await read { try UpdateOrder.lastRow($0) })
  }
}

/// Follows the numbers of the rows. One program at a time writes to the file, so a row with a smaller number than
/// one that was seen is never stored later.
private actor EmbeddedFeed: UpdateFeed {
  /// Rows looked at with each call.
  private static let stepSize: Int64 = 20_000
  /// Updates handed out with each call.
  private static let pageSize = 1000

  nonisolated let pause = Duration.milliseconds(500)
  nonisolated let isLed = true
  private let store: EmbeddedStore
  private let selection: UpdateSelection
  private var last: Int64

  init(store: EmbeddedStore, query: UpdateQuery, last: Int64) {
    self.store = store
    selection = UpdateSelection(query)
    self.last = last
  }

  func next() async throws -> FedUpdates {
    let (selection, after) = (selection, last)
    let (updates, end, areAll) = try await store.read { db in
      let newest = try UpdateOrder.lastRow(db)
      let end = min(newest, after + Self.stepSize)
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(StoredUpdateRow.columns), updates.sequence
          FROM updates CROSS JOIN contents ON contents.sequence = updates.content
          WHERE updates.sequence > ? AND updates.sequence <= ? AND \(selection.condition)
          ORDER BY updates.sequence LIMIT \(Self.pageSize)
          """, arguments: [after, end] + StatementArguments(selection.arguments))
      var updates: [StoredUpdate] = []
      var lastFound = after
      while let row = try rows.next() {
        updates.append(try StoredUpdateRow.update(row))
        lastFound = row["sequence"]
      }
      let isFull = updates.count == Self.pageSize
      return (updates, isFull ? lastFound : max(after, end), !isFull && end == newest)
    }
    last = end
    return FedUpdates(updates, areAll: areAll)
  }
}

extension UpdateOrder {
  /// The number of the row that was stored last; 0 when there is none.
  fileprivate static func lastRow(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM updates") ?? 0
  }
}
