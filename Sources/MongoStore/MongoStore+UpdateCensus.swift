import BSON
package import Pipeline
package import Updates

extension MongoStore: UpdateCensus {
  /// Unconfirmed updates counted, at most.
  private static let mostUnpublished = 100_000

  // Counted here and not by the server, so that the count can end at any update and say so. Led by an index on
  // `createdAt`, if there is one.
  package func counts(
    of tenantId: Identifier?, since: Double?, until: Double?, by span: CensusSpan, countsEvents: Bool,
    patience: Duration
  ) async throws -> UpdateCounts {
    let isLed = try await hasTimeIndex()
    var filter = BSONWriter()
    if let tenantId { filter.append("tenantId", tenantId.string) }
    let find = Find(
      Self.updates, filter: filter.finish().and(since: since, cursor: until.map(UpdateCursor.before)),
      fields: ["eventType", "createdAt", "published"] + (countsEvents ? ["tenantId", "eventId"] : []),
      sort: isLed ? [("createdAt", -1)] : [],
      batchSize: 5000, patience: patience)
    let end = ContinuousClock.now + patience
    let searched = SearchedSpan(from: since, to: until, isComplete: true, isLed: isLed)
    return try await connections.run { client in
      var counts = UpdateCounts(searched: searched)
      var last: Double?
      var events = FirstUpdates()
      do {
        let cursor = try client.open(find)
        while let record = try cursor.next() {
          guard let type = record["eventType"]?.string, let time = record["createdAt"]?.number else {
            continue
          }
          if last != time, ContinuousClock.now >= end {
            counts.searched.isComplete = false
            break
          }
          last = time
          let key = UpdateCounts.Key(createdAt: time, by: span, eventType: type)
          counts.counts[key, default: UpdateCounts.Count()] +=
            UpdateCounts.Count(total: 1, unpublished: StoredUpdate.isPublished(record) ? 0 : 1)
          if countsEvents { events.add(record, eventType: type, createdAt: time) }
        }
      } catch let error as MongoStoreError where error.isOutOfTime {
        counts.searched.isComplete = false
      }
      counts.events = events.counts(by: span)
      if !counts.searched.isComplete { counts.searched.from = isLed ? last : nil }
      return counts
    }
  }

  // Served by the index of what was never confirmed.
  package func backlog(of tenantId: Identifier?, patience: Duration) async throws -> BacklogCount {
    var filter = BSONWriter()
    filter.append("published", false)
    if let tenantId { filter.append("tenantId", tenantId.string) }
    let find = Find(
      Self.updates, filter: filter.finish(), fields: ["createdAt"], sort: [("createdAt", 1)],
      limit: Self.mostUnpublished + 1, batchSize: 5000, patience: patience)
    return try await connections.run { client in
      var backlog = BacklogCount()
      do {
        try client.forEach(find) { record in
          if backlog.count == 0 { backlog.oldest = record["createdAt"]?.number }
          backlog.count += 1
        }
      } catch let error as MongoStoreError where error.isOutOfTime {
        backlog.isComplete = false
      }
      if backlog.count > Self.mostUnpublished {
        (backlog.count, backlog.isComplete) = (Self.mostUnpublished, false)
      }
      return backlog
    }
  }
}

/// The earliest of each event's own updates.
private struct FirstUpdates {
  private var times: [EventKey: (eventType: String, createdAt: Double)] = [:]

  mutating func add(_ record: BSONDocument, eventType: String, createdAt: Double) {
    guard eventType != EventType.derivedStatistics, let tenantId = record.identifier("tenantId"),
      let eventId = record["eventId"]?.objectId
    else { return }
    let key = EventKey(tenantId: tenantId, eventId: eventId)
    if let known = times[key], known.createdAt <= createdAt { return }
    times[key] = (eventType, createdAt)
  }

  func counts(by span: CensusSpan) -> [UpdateCounts.Key: Int] {
    var counts: [UpdateCounts.Key: Int] = [:]
    for first in times.values {
      counts[
        UpdateCounts.Key(createdAt: first.createdAt, by: span, eventType: first.eventType), default: 0] +=
        1
    }
    return counts
  }
}
