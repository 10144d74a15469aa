/// The updates as they are stored (§4). The first version for a tenant, source event, recipient and update
/// type stays.
package struct StoredUpdates: Sendable {
  /// In the order in which they were stored.
  package private(set) var all: [ExpectedUpdate] = []
  private var positions: [[ExactString]: Int] = [:]

  package init() {}

  /// Stores the updates that are not stored yet, and returns the stored version of each.
  @discardableResult
  package mutating func store(_ updates: [ExpectedUpdate]) -> [ExpectedUpdate] {
    var stored: [ExpectedUpdate] = []
    for update in updates {
      if let position = positions[update.identity] {
        stored.append(all[position])
      } else {
        positions[update.identity] = all.count
        all.append(update)
        stored.append(update)
      }
    }
    return stored
  }

  /// The stored updates of one event of one tenant.
  package func updates(tenantId: ExactString, eventId: ExactString) -> [ExpectedUpdate] {
    all.filter { $0.tenantId == tenantId && $0.eventId == eventId }
  }
}
