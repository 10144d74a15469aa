import BSON
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: UpdateCensus {
  /// Rows counted with one statement.
  private static let stepSize: Int64 = 10_000

  package func counts(
    of tenantId: Identifier?, since: Double?, until: Double?, by span: CensusSpan, countsEvents: Bool,
    patience: Duration
  ) async throws -> UpdateCounts {
    let end = ContinuousClock.now + patience
    var counts = UpdateCounts(searched: SearchedSpan(from: since, to: until, isComplete: true))
    var query = UpdateQuery()
    query.since = since
    query.cursor = until.map(UpdateCursor.before)
    let asked = query
    guard let range = try await read({ try SearchRange(asked, $0) }) else { return counts }
    var high = min(range.high.row, try await read { try Self.rowCount($0) } + 1)
    while high > range.low.row {
      let low = max(range.low.row, high - Self.stepSize)
      let part = low..<high
      for (key, count) in try await read({ try Self.counts($0, rows: part, of: tenantId, by: span) }) {
        counts.counts[key, default: UpdateCounts.Count()] += count
      }
      if countsEvents {
        for (key, count) in try await read({ try Self.events($0, rows: part, of: tenantId, by: span) }) {
          counts.events[key, default: 0] += count
        }
      }
      high = low
      if high > range.low.row, ContinuousClock.now >= end {
        counts.searched.from = try await read { try UpdateOrder.cursor(fromRow: low, $0) }?.createdAt
        counts.searched.isComplete = false
        return counts
      }
    }
    return counts
  }

  package func backlog(of tenantId: Identifier?, patience: Duration) async throws -> BacklogCount {
    let end = ContinuousClock.now + patience
    var backlog = BacklogCount()
    let all = try await read { try Self.rowCount($0) }
    var low: Int64 = 0
    while low <= all {
      if ContinuousClock.now >= end {
        backlog.isComplete = false
        break
      }
      let part = low..<low + Self.stepSize
      let (count, oldest) = try await read { try Self.backlog($0, rows: part, of: tenantId) }
      backlog.count += count
      backlog.oldest = [backlog.oldest, oldest].compactMap { $0 }.min()
      low = part.upperBound
    }
    return backlog
  }

  /// The number of the last row; numbers are given without gaps.
  private static func rowCount(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM updates") ?? 0
  }

  private static func counts(
    _ db: Database, rows: Range<Int64>, of tenantId: Identifier?, by span: CensusSpan
  ) throws -> [UpdateCounts.Key: UpdateCounts.Count] {
    let found = try Row.fetchCursor(
      db,
      sql: """
        SELECT CAST(updates.createdAt / \(span.rawValue) AS INTEGER), contents.eventType, count(*),
          sum(updates.published = 0)
        FROM updates CROSS JOIN contents ON contents.sequence = updates.content
        WHERE updates.sequence >= ? AND updates.sequence < ? AND (? IS NULL OR contents.tenantId = ?)
        GROUP BY 1, 2
        """, arguments: [rows.lowerBound, rows.upperBound, tenantId?.string, tenantId?.string])
    var counts: [UpdateCounts.Key: UpdateCounts.Count] = [:]
    while let row = try found.next() {
      counts[UpdateCounts.Key(span: row[0], eventType: row[1])] = UpdateCounts.Count(
        total: row[2], unpublished: row[3])
    }
    return counts
  }

  /// The events whose first update is among the rows.
  private static func events(
    _ db: Database, rows: Range<Int64>, of tenantId: Identifier?, by span: CensusSpan
  ) throws -> [UpdateCounts.Key: Int] {
    // A content begins among the rows when the row before them is of an earlier one. Of the contents of an event, the
    // first counts.
    let found = try Row.fetchCursor(
      db,
      sql: """
        SELECT CAST((SELECT createdAt FROM updates INDEXED BY updates_content
            WHERE content = own.sequence ORDER BY sequence LIMIT 1) / \(span.rawValue) AS INTEGER),
          own.eventType, count(*)
        FROM contents AS own
        WHERE own.sequence > ifnull((SELECT content FROM updates WHERE sequence < ? ORDER BY sequence DESC LIMIT 1), 0)
          AND own.sequence <= ifnull((SELECT content FROM updates WHERE sequence < ? ORDER BY sequence DESC LIMIT 1), 0)
          AND own.eventType <> ? AND (? IS NULL OR own.tenantId = ?)
          AND NOT EXISTS (SELECT 1 FROM contents AS other INDEXED BY contents_event
            WHERE other.eventId = own.eventId AND other.sequence < own.sequence AND other.tenantId = own.tenantId
              AND other.eventType = own.eventType)
        GROUP BY 1, 2
        """,
      arguments: [
        rows.lowerBound, rows.upperBound, EventType.derivedStatistics, tenantId?.string, tenantId?.string,
      ])
    var events: [UpdateCounts.Key: Int] = [:]
    while let row = try found.next() { events[UpdateCounts.Key(span: row[0], eventType: row[1])] = row[2] }
    return events
  }

  private static func backlog(
    _ db: Database, rows: Range<Int64>, of tenantId: Identifier?
  ) throws -> (count: Int, oldest: Double?) {
    let tables =
      tenantId == nil
      ? "updates" : "updates CROSS JOIN contents ON contents.sequence = updates.content"
    var arguments: StatementArguments = [rows.lowerBound, rows.upperBound]
    if let tenantId { arguments += [tenantId.string] }
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT count(*), min(updates.createdAt) FROM \(tables)
        WHERE updates.sequence >= ? AND updates.sequence < ? AND updates.published = 0
          \(tenantId == nil ? "" : "AND contents.tenantId = ?")
        """, arguments: arguments)
    return (row?[0] ?? 0, row?[1])
  }
}
