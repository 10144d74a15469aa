package import BSON
package import Pipeline
package import Updates

extension MongoStore: UpdateCatalog {
  /// How many updates are fetched at a time.
  private static let pageSize = 200

  package func page(of query: UpdateQuery, patience: Duration) async throws -> UpdatePage {
    var search = UpdateSearch(connections, lead: try await lead(of: query), query: query, patience: patience)
    return try await search.page()
  }

  package func updates(
    matching query: UpdateQuery, _ body: @escaping @Sendable (StoredUpdate) throws -> Bool
  ) async throws {
    // Some updates of the cursor's time are skipped below, so the limit is counted there too.
    let limit = query.cursor == nil ? query.limit : 0
    let pageSize = query.limit > 0 ? min(query.limit, Self.pageSize) : Self.pageSize
    let filter = try await lead(of: query).filter.and(since: query.since, cursor: query.cursor)
    let stream = try await connections.stream(
      Find.updates(
        filter, sort: [("createdAt", -1), ("_id", -1)], limit: limit, batchSize: pageSize,
        isLargeSort: limit == 0))
    var count = 0
    while true {
      let documents = try await stream.next(pageSize)
      if documents.isEmpty { return }
      for document in documents {
        guard let update = StoredUpdate(document), query.cursor?.precedes(update) ?? true else { continue }
        guard try body(update) else { return }
        count += 1
        if count == query.limit { return }
      }
    }
  }

  // Read from the API's own copy of every event.
  package func history(of eventId: ObjectId) async throws -> [EventHistory] {
    let find = Find(.events, filter: Self.eventFilter(eventId), fields: ["tenantId", "eventType", "data"])
    return try await connections.run { client in
      var histories: [EventHistory] = []
      try client.forEach(find) { record in
        guard let tenant = record.identifier("tenantId"), let type = record["eventType"]?.string else {
          return
        }
        let data = record.document("data")
        let dialog =
          data?.document("dialog")?["dialogId"]?.string ?? data?.document("context")?["dialogId"]?.string
        let outcome: EventHistory.Outcome = EventType(rawValue: type) == nil ? .ignored : .handled
        histories.append(
          EventHistory(tenantId: tenant, eventType: type, dialogId: dialog, outcome: outcome))
      }
      return histories
    }
  }
}
