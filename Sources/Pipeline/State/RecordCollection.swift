import BSON
import Updates

/// The collections of an installation's database (spec section 2) by their names.
package enum RecordCollection: String, Sendable, CaseIterable {
  case users, dialogs, dialogmembers, messages, messagestatuses, metas, events, updates

  /// Whether a timeline's state lines may change it: all but the one that the worker writes itself.
  package var isState: Bool { self != .updates }

  /// The fields that name a record, in the order in which a store keeps them. `messagestatuses` has many
  /// records of one key: a history.
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
