package import BSON
import Maintenance
package import Pipeline
package import Updates

extension MongoStore: EventCatalog {
  // Read from the API's own copy of every event.
  package func events(of eventId: ObjectId) async throws -> [Identifier: Delivery.Content] {
    let find = Find(.events, filter: Self.eventFilter(eventId), fields: Self.eventFields)
    return try await connections.run { client in
      var events: [Identifier: Delivery.Content] = [:]
      try client.forEach(find) { record in
        guard let tenant = record.identifier("tenantId") else { return }
        events[tenant] = record.asDelivered
      }
      return events
    }
  }

  /// The records of `events` that have this identity, however it is stored.
  static func eventFilter(_ eventId: ObjectId) -> BSONDocument {
    var filter = BSONWriter()
    filter.open("_id")
    filter.open("$in", as: .array)
    filter.append("0", eventId)
    filter.append("1", eventId.description)
    filter.close()
    filter.close()
    return filter.finish()
  }
}
