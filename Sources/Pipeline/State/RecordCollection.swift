import BSON
import Updates

/// The collections of an installation's database (spec section 2), by name.
package enum RecordCollection: String, Sendable, CaseIterable {
  case users, dialogs, dialogmembers, messages, messagestatuses, metas, events, updates

  /// Whether the state lines of a timeline may change the collection: any but the one that the worker itself
  /// writes.
  package var isState: Bool { self != .updates }

  /// The fields that identify a record, in the order in which a store keeps them. `messagestatuses` is a
  /// history: many of its records have the same key.
  package var key: [String] {
    switch self {
    case .users: ["tenantId", "userId"]
    case .dialogs: ["tenantId", "dialogId"]
    case .dialogmembers: ["tenantId", "dialogId", "userId"]
    case .messages: ["tenantId", "messageId"]
    case .messagestatuses: ["tenantId", "messageId", "userId"]
    case .metas: ["tenantId", "entityType", "entityId", "key"]
    case .events, .updates: ["_id"]
    }
  }
}
