package import BSON
import Foundation
import GRDB
package import Pipeline
package import Updates

extension EmbeddedStore: EventCatalog {
  // The ledger has the events that were replayed, the table `events` what the timeline says of the API's own copies.
  package func events(of eventId: ObjectId) async throws -> [Identifier: Delivery.Content] {
    try await read { db in
      var events: [Identifier: Delivery.Content] = [:]
      let copies = try Row.fetchAll(
        db, sql: "SELECT record FROM events WHERE id = ?", arguments: [eventId.description])
      for row in copies {
        let record = try row.document(0)
        if let tenant = record["tenantId"]?.string { events[Identifier(tenant)] = .document(record) }
      }
      // An earlier version has made no such column, and a store that is opened for reading stays as it is.
      guard try db.columns(in: "ledger").contains(where: { $0.name == "content" }) else { return events }
      let first = LedgerKey.event(eventId)
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT tenantId, content FROM ledger
          WHERE key >= ? AND key < ? AND content IS NOT NULL ORDER BY sequence
          """, arguments: [first, LedgerKey.end(of: first)])
      while let row = try rows.next() {
        events[Identifier(row[0] ?? "")] = .document(try row.document(1))
      }
      return events
    }
  }
}
