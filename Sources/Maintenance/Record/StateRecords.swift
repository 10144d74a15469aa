import BSON
package import Pipeline
package import Updates

/// The records of the state as they are stored, for a recording. Of users, memberships, statuses and metas only
/// the fields are fetched that the worker reads (spec section 2); with those of statuses comes their `_id`.
package protocol StateRecords: Sendable {
  func records(_ selection: StateSelection, of tenantId: Identifier) async throws -> any RecordStream
}

/// Records of one tenant that belong together in a look-up of the worker.
package enum StateSelection: Sendable {
  case users([Identifier])
  case dialogs([Identifier])
  case messages([Identifier])
  /// The memberships of these users in one dialog, active or not.
  case memberships(dialog: Identifier, users: [Identifier])
  /// The active memberships in these dialogs.
  case activeMembers([Identifier])
  /// The active memberships of these users.
  case activeMemberships([Identifier])
  /// The messages of these dialogs whose `createdAt` is at least this number.
  case newerMessages([Identifier], since: Double)
  /// The history of these messages, ordered by `messageId`, `userId` and `_id`.
  case statuses([Identifier])
  case metas(MetaEntity, [Identifier])

  package var collection: RecordCollection {
    switch self {
    case .users: .users
    case .dialogs: .dialogs
    case .messages, .newerMessages: .messages
    case .memberships, .activeMembers, .activeMemberships: .dialogmembers
    case .statuses: .messagestatuses
    case .metas: .metas
    }
  }
}
