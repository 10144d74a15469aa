import BSON
import Foundation
import GRDB
import Pipeline

/// The conditions of a query, and the index that leads to the updates that meet them.
///
/// One recipient's updates are found through `updates_user`. Everything else is found through `contents`, of which
/// there are far fewer rows, led by `contents_event` or `contents_dialog` where the query names one. Both ways go
/// along the order of storing (``UpdateOrder``), so nothing is sorted and no more is read than is asked for.
struct UpdateSelection: Sendable {
  private let query: UpdateQuery
  private let goesByUser: Bool
  private(set) var condition = "1"
  private(set) var arguments: [DatabaseValue] = []

  init(_ query: UpdateQuery) {
    self.query = query
    goesByUser = query.userId != nil && query.eventId == nil
    if let tenant = query.tenantId { require("contents.tenantId = ?", [tenant]) }
    if let user = query.userId { require("updates.userId = ?", [user]) }
    if let dialog = query.dialogId { require("contents.dialogId = ?", [dialog]) }
    if let event = query.eventId { require("contents.eventId = ?", [Data(event.bytes)]) }
    if !query.eventTypes.isEmpty {
      require(
        "contents.eventType IN (\(databaseQuestionMarks(count: query.eventTypes.count)))", query.eventTypes)
    }
    if query.onlyUnpublished { require("updates.published = 0", []) }
    if query.onlyPublished { require("updates.published <> 0", []) }
    let excluded = query.excluded
    exclude("contents.tenantId", excluded.tenantIds)
    exclude("updates.userId", excluded.userIds)
    // An update of no dialog is of none of these.
    exclude("ifnull(contents.dialogId, '')", excluded.dialogIds)
    exclude("contents.eventId", excluded.eventIds.map { Data($0.bytes) })
    exclude("contents.eventType", excluded.eventTypes)
  }

  private mutating func exclude(_ column: String, _ values: [any DatabaseValueConvertible]) {
    if values.isEmpty { return }
    require("\(column) NOT IN (\(databaseQuestionMarks(count: values.count)))", values)
  }

  private mutating func require(_ condition: String, _ values: [any DatabaseValueConvertible]) {
    self.condition += " AND " + condition
    arguments += values.map(\.databaseValue)
  }

  /// The most rows of the leading table that one statement looks at.
  ///
  /// A content may have as many updates as were stored with one call, about a thousand.
  var stepSize: Int { goesByUser ? 20_000 : 1000 }

  /// The tables in the order in which they are read.
  private var tables: String {
    if goesByUser {
      return "updates INDEXED BY updates_user CROSS JOIN contents ON contents.sequence = updates.content"
    }
    return "contents\(contentsIndex) CROSS JOIN updates INDEXED BY updates_content "
      + "ON updates.content = contents.sequence"
  }

  private var contentsIndex: String {
    if query.eventId != nil { return " INDEXED BY contents_event" }
    return query.dialogId == nil ? "" : " INDEXED BY contents_dialog"
  }

  /// Selects what matches within `range`, newest first; `limit` 0 means all.
  func newestFirst(_ range: SearchRange, limit: Int) -> (sql: String, arguments: StatementArguments) {
    let order =
      goesByUser ? "updates.sequence DESC" : "contents.sequence DESC, updates.sequence DESC"
    let sql = """
      SELECT \(StoredUpdateRow.columns) FROM \(tables)
      WHERE \(condition) AND updates.sequence >= ? AND updates.sequence < ?
        AND contents.sequence >= ? AND contents.sequence <= ?
      ORDER BY \(order)\(limit > 0 ? " LIMIT \(limit)" : "")
      """
    return (
      sql,
      StatementArguments(arguments) + [range.low.row, range.high.row, range.low.content, range.high.content]
    )
  }

  /// The lower end of the next step back from the upper end of `range`; `nil` when the step reaches its lower end.
  func endOfStep(_ range: SearchRange, _ db: Database) throws -> Int64? {
    var (table, conditions): (String, [String]) = ("contents\(contentsIndex)", [])
    var arguments: [DatabaseValue] = []
    if goesByUser, let user = query.userId {
      table = "updates INDEXED BY updates_user"
      conditions = ["userId = ?", "sequence >= ?", "sequence < ?"]
      arguments = [user.databaseValue, range.low.row.databaseValue, range.high.row.databaseValue]
    } else {
      if let event = query.eventId {
        conditions.append("eventId = ?")
        arguments.append(Data(event.bytes).databaseValue)
      } else if let dialog = query.dialogId {
        conditions.append("dialogId = ?")
        arguments.append(dialog.databaseValue)
      }
      conditions += ["sequence >= ?", "sequence <= ?"]
      arguments += [range.low.content, range.high.content].map(\.databaseValue)
    }
    return try Int64.fetchOne(
      db,
      sql: """
        SELECT sequence FROM \(table) WHERE \(conditions.joined(separator: " AND "))
        ORDER BY sequence DESC LIMIT 1 OFFSET \(stepSize - 1)
        """, arguments: StatementArguments(arguments))
  }

  /// The part of `range` down to the end of a step, and what is left below it.
  func split(_ range: SearchRange, at end: Int64) -> (step: SearchRange, rest: SearchRange) {
    var (step, rest) = (range, range)
    if goesByUser {
      step.low = UpdateOrder.Place(row: end, content: range.low.content)
      rest.high = UpdateOrder.Place(row: end, content: range.high.content)
    } else {
      step.low = UpdateOrder.Place(row: range.low.row, content: end)
      rest.high = UpdateOrder.Place(row: range.high.row, content: end - 1)
    }
    return (step, rest)
  }

  /// Where a listing goes on that has come to the end of a step.
  func cursor(at end: Int64, _ db: Database) throws -> UpdateCursor? {
    goesByUser
      ? try UpdateOrder.cursor(fromRow: end, db) : try UpdateOrder.cursor(fromContent: end, db)
  }
}

/// The rows from `low` on, before `high`; of contents, which two updates may share, those of both ends.
struct SearchRange: Sendable {
  var low: UpdateOrder.Place
  var high: UpdateOrder.Place

  /// What a query asks for; `nil` when there is nothing.
  init?(_ query: UpdateQuery, _ db: Database) throws {
    high = try query.cursor.map { try UpdateOrder.place(of: $0, db) } ?? .end
    low = UpdateOrder.Place(row: 0, content: 0)
    if let since = query.since {
      guard let first = try UpdateOrder.first(since: since, db) else { return nil }
      low = first
    }
  }
}
