/// The updates as they are stored (§4): the first version per tenant, source event, recipient and
/// update type stays, "the stored version wins".
package struct StoredUpdates: Sendable {
  /// The stored updates, in the order in which they were stored.
  package private(set) var all: [ExpectedUpdate] = []
  private var positions: [[ExactString]: Int] = [:]

  /// Nothing is stored.
  package init() {}

  /// Stores what is not stored yet and gives the stored version of each of these updates.
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
