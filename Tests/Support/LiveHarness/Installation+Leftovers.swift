import BSON
import MongoStore
import Pipeline
package import Updates

extension Installation {
  /// Stores updates of one event for these users, as a worker leaves them that is killed between storing and
  /// publishing.
  ///
  /// - Parameter age: How many milliseconds ago the first update was made. Each of the others was made one
  ///   millisecond after the one before it.
  @discardableResult
  package func storeLeftovers(_ users: [String], age: Double = 3_600_000) async throws -> [Update] {
    let text = """
      {"_id": "650000000000000000000001", "tenantId": "t", "eventType": "dialog.update", \
      "data": {"dialog": {"dialogId": "d"}}}
      """
    guard let event = try Event(EventHeader(json: Array(text.utf8))) else { return [] }
    let resolved = try event.located(stored: nil).resolved(with: EventState())
    let members = users.map { Member(userId: Identifier($0), record: .empty) }
    var updates = try resolved.plan(with: Profiles()).updates(
      for: resolved.recipients.among(members), profiles: Profiles())
    let start = UpdateClock().now() - age
    for index in updates.indices { updates[index].createdAt = start + Double(index) }
    _ = try await store.insert(updates)
    return updates
  }
}
