package import Maintenance
import BSON
import Pipeline
package import Updates

extension MongoStore: EventArchive {
  /// The fields of an event that the worker reads (spec section 1).
  static let eventFields = [
    "_id", "eventId", "tenantId", "eventType", "entityType", "entityId", "actorId", "data", "createdAt",
  ]

  // The server sorts, on its disk if it has to; an index of `events` on `createdAt` and `_id` saves it from
  // that.
  package func events(in range: EventRange, types: [EventType]) async throws -> any RecordStream {
    try await connections.stream(
      Find(
        .events, filter: range.filter(types), fields: Self.eventFields,
        sort: [("createdAt", 1), ("_id", 1)], batchSize: 500, isLargeSort: true))
  }

  package func bounds(of range: EventRange) async throws -> ClosedRange<Double>? {
    let finds = [Int64(1), -1].map { order in
      Find(
        .events, filter: range.filter([]), fields: ["createdAt"],
        sort: [("createdAt", order), ("_id", order)], limit: 1)
    }
    let ends = try await connections.run { client in
      var ends: [Double] = []
      for find in finds { try client.forEach(find) { ends += [$0["createdAt"]?.number].compactMap { $0 } } }
      return ends
    }
    guard let first = ends.min(), let last = ends.max() else { return nil }
    return first...last
  }
}

extension MongoStream: RecordStream {}

extension EventRange {
  fileprivate func filter(_ types: [EventType]) -> BSONDocument {
    var filter = BSONWriter()
    if let tenantId { filter.append("tenantId", tenantId.string) }
    if !types.isEmpty {
      filter.open("eventType")
      filter.append("$in", strings: types.map(\.rawValue))
      filter.close()
    }
    filter.open("createdAt")
    filter.append("$gte", since)
    if let until { filter.append("$lt", until) }
    filter.close()
    return filter.finish()
  }
}
