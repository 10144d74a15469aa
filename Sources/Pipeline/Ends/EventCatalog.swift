package import BSON
package import Updates

/// The events themselves, as far as a store has them.
package protocol EventCatalog: Sendable {
  /// The events that have this identity, by tenant, as a source would deliver them; of several occurrences of one event
  /// the last. Tenants of which the store has none are missing.
  func events(of eventId: ObjectId) async throws -> [Identifier: Delivery.Content]
}
