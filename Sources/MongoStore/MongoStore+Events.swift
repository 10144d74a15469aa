import BSON
import Pipeline
import Updates

extension MongoStore: EventArchive {
  /// What of an event the worker reads (spec section 1).
  private static let eventFields = [
    "_id", "eventId", "tenantId", "eventType", "entityType", "entityId", "actorId", "data", "createdAt",
  ]

  /// The events of a range in the order of their `createdAt`, then `_id`; with `types`, only of these.
  ///
  /// The server sorts, on its disk where it has to: an index of `events` on `createdAt` and `_id` spares it that.
  public func events(in range: EventRange, types: [EventType]) async throws -> any RecordStream {
    var filter = BSONWriter()
    if let tenantId = range.tenantId { filter.append("tenantId", tenantId.string) }
    if !types.isEmpty {
      filter.open("eventType")
      filter.append("$in", strings: types.map(\.rawValue))
      filter.close()
    }
    filter.open("createdAt")
    filter.append("$gte", range.since)
    if let until = range.until { filter.append("$lt", until) }
    filter.close()
    return try await workers.stream(
      Find(
        "events", filter: filter.finish(), fields: Self.eventFields, sort: [("createdAt", 1), ("_id", 1)],
        batch: 500, isLargeSort: true))
  }
}

extension MongoStream: RecordStream {}
