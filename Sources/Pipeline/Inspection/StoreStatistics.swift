package import BSON
package import Updates

/// How many updates there are, by type and hour, and how many were never confirmed.
package struct StoreStatistics: Sendable {
  /// The updates of one event type in one hour.
  package struct Row: Sendable, Equatable {
    /// The start of the hour, in milliseconds since 1970.
    package let hour: Double
    package let eventType: String
    package let count: UpdateCounts.Count

    /// The name of the update type; `?` for an event type that makes no updates.
    package var type: String { UpdateType(eventType: eventType)?.rawValue ?? "?" }
  }

  package let counts: UpdateCounts
  /// The updates of any age that were never confirmed.
  package let backlog: BacklogCount

  /// - Parameters:
  ///   - since: In milliseconds since 1970; `nil` means from the first update on.
  ///   - until: In milliseconds since 1970; `nil` means to the last update.
  package init(
    of tenantId: Identifier?, since: Double?, until: Double?, in store: any UpdateCensus, patience: Duration
  ) async throws {
    counts = try await store.counts(
      of: tenantId, since: since, until: until, by: .hour, countsEvents: false, patience: patience)
    backlog = try await store.backlog(of: tenantId, patience: patience)
  }

  /// The latest hour first, and in each hour the most frequent event type.
  package var rows: [Row] {
    counts.counts.map {
      Row(hour: Double($0.span) * CensusSpan.hour.length, eventType: $0.eventType, count: $1)
    }
    .sorted { ($0.hour, $0.count.total, $1.eventType) > ($1.hour, $1.count.total, $0.eventType) }
  }

  /// How many updates were counted.
  package var total: Int { counts.counts.values.reduce(0) { $0 + $1.total } }

  /// How many updates of each type were counted.
  package var byType: [String: Int] {
    Dictionary(rows.map { ($0.type, $0.count.total) }, uniquingKeysWith: +)
  }

  /// The statistics as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("updates", Int64(total))
    output.append(
      "hours",
      documents: rows.map { row in
        var output = BSONWriter()
        output.append("hour", row.hour)
        output.append("type", row.type)
        output.append("eventType", row.eventType)
        output.append("updates", Int64(row.count.total))
        output.append("unpublished", Int64(row.count.unpublished))
        return output.finish()
      })
    output.append(backlog)
    output.append(counts.searched)
    return output.finish()
  }
}
