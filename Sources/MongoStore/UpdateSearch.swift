import BSON
import Pipeline
import Updates

/// A search that goes back in time until it has found enough, has come to the end, or its time is up.
struct UpdateSearch {
  /// The width of the first window in milliseconds, and the narrowest that there is.
  private static let (firstWidth, leastWidth) = (60_000.0, 1.0)

  private let connections: MongoConnections
  private let lead: UpdateLead
  private let query: UpdateQuery
  private let end: ContinuousClock.Instant
  private var updates: [StoredUpdate] = []
  private var cursor: UpdateCursor?

  init(_ connections: MongoConnections, lead: UpdateLead, query: UpdateQuery, patience: Duration) {
    self.connections = connections
    self.lead = lead
    self.query = query
    end = ContinuousClock.now + patience
    cursor = query.cursor
  }

  private var timeLeft: Duration { max(.milliseconds(1), end - ContinuousClock.now) }

  mutating func page() async throws -> UpdatePage {
    if lead.kind == .time, lead.isPartial { return try await searchWindows() }
    // The index gives the updates in their order, or they are few, or nothing but a look at all of them helps.
    let filter = lead.filter.and(since: query.since, cursor: cursor)
    let (isLed, wanted, patience) = (lead.kind == .time, query.limit, timeLeft)
    do {
      updates = try await connections.newest(wanted, after: cursor) { limit in
        Find.updates(
          filter, sort: isLed ? [("createdAt", -1)] : [("createdAt", -1), ("_id", -1)], limit: limit,
          batchSize: wanted + 2, isLargeSort: !isLed, patience: patience)
      }
    } catch let error as MongoStoreError where error.isOutOfTime {
      return incomplete(downTo: cursor)
    }
    return complete()
  }

  /// Looks through one window after the other. Each begins at the newest update to which the index leads, so that
  /// times without updates cost nothing, and is as wide as the last ones have shown to be quick.
  private mutating func searchWindows() async throws -> UpdatePage {
    var width = Self.firstWidth
    while true {
      let newest: Double?
      do {
        newest = try await newestTime()
      } catch let error as MongoStoreError where error.isOutOfTime {
        return incomplete(downTo: cursor)
      }
      guard let newest else { return complete() }
      let low = max(newest - width, query.since ?? -.infinity)
      let filter = lead.filter.and(since: low, cursor: cursor)
      // No more than half of the time that is left, so that a narrower window can be tried.
      let (wanted, patience) = (query.limit - updates.count, min(timeLeft / 2, .seconds(2)))
      let started = ContinuousClock.now
      do {
        updates += try await connections.newest(wanted, after: cursor) { limit in
          Find.updates(
            filter, sort: [("createdAt", -1)], limit: limit, batchSize: wanted + 2, patience: patience)
        }
        if updates.count >= query.limit { return complete() }
        cursor = .before(low)
        let took = ContinuousClock.now - started
        if took < .milliseconds(100) { width *= 4 } else if took > .seconds(1) { width /= 2 }
      } catch let error as MongoStoreError where error.isOutOfTime {
        width = max(Self.leastWidth, width / 16)
      }
      if ContinuousClock.now >= end { return incomplete(downTo: cursor) }
    }
  }

  /// `createdAt` of the newest update to which the index leads from here.
  private func newestTime() async throws -> Double? {
    let find = Find(
      MongoStore.updates, filter: lead.conditions.and(since: query.since, cursor: cursor),
      fields: ["createdAt"], sort: [("createdAt", -1)], limit: 1, patience: timeLeft)
    return try await connections.run { client in
      var time: Double?
      try client.forEach(find) { time = $0["createdAt"]?.number }
      return time
    }
  }

  private func complete() -> UpdatePage {
    let last = updates.count >= query.limit ? updates.last : nil
    return UpdatePage(
      updates, next: last.map(UpdateCursor.init),
      searched: SearchedSpan(
        from: last?.createdAt ?? query.since, to: query.cursor?.createdAt, isComplete: true,
        isLed: lead.kind != .nothing))
  }

  /// Without a place to go on where the search came nowhere: from the same place it would come nowhere again.
  private func incomplete(downTo cursor: UpdateCursor?) -> UpdatePage {
    UpdatePage(
      updates, next: cursor == query.cursor ? nil : cursor,
      searched: SearchedSpan(
        from: cursor?.createdAt, to: query.cursor?.createdAt, isComplete: false,
        isLed: lead.kind != .nothing))
  }
}

extension MongoConnections {
  /// The first `count` updates after the cursor that a query finds in descending order of `createdAt`. Those of the
  /// same time are put in the order of their `_id`s, which no index gives.
  ///
  /// - Parameter find: The query with a limit; 0 means none.
  func newest(
    _ count: Int, after place: UpdateCursor?, _ find: @escaping @Sendable (_ limit: Int) -> Find
  ) async throws -> [StoredUpdate] {
    try await run { client in
      var (updates, isCut) = try client.updates(find(count + 1), upTo: count, after: place)
      // Those that the limit has cut off may be of the last one's time, and come before it.
      if isCut { (updates, _) = try client.updates(find(0), upTo: count, after: place) }
      updates.sort { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
      return Array(updates.prefix(count))
    }
  }
}

extension MongoClient {
  /// The first `count` updates after the cursor that the query finds, and those of the same time as the last of them.
  ///
  /// - Returns: Also whether there may be more that belong to these, because the query has a limit of `count + 1`.
  fileprivate func updates(
    _ find: Find, upTo count: Int, after place: UpdateCursor?
  ) throws -> (updates: [StoredUpdate], isCut: Bool) {
    var updates: [StoredUpdate] = []
    var found = 0
    let cursor = try open(find)
    while let document = try cursor.next() {
      found += 1
      guard let update = StoredUpdate(document), place?.precedes(update) ?? true else { continue }
      if updates.count >= count, updates.last?.createdAt != update.createdAt { return (updates, false) }
      updates.append(update)
    }
    return (updates, found > count)
  }
}
