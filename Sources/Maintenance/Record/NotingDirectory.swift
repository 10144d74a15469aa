import BSON
import Pipeline
import Synchronization
import Updates

/// Hands look-ups on to another directory and takes note of them. So a recording knows what the planner needs
/// without knowing how it plans.
final class NotingDirectory: Directory {
  /// With more notes than this, they are handed over before the next look-up. This bounds their memory while
  /// the members of a large dialog stream through.
  private static let full = 5000

  private let directory: any Directory
  private let handOver: @Sendable (StateNotes) async throws -> Void
  private let notes = Mutex(StateNotes())

  /// - Parameter handOver: Takes the notes when there are many of them.
  init(_ directory: any Directory, handOver: @escaping @Sendable (StateNotes) async throws -> Void) {
    self.directory = directory
    self.handOver = handOver
  }

  /// Returns the notes that were not handed over yet, and forgets them.
  func take() -> StateNotes {
    notes.withLock { notes in
      defer { notes = StateNotes() }
      return notes
    }
  }

  private func note(_ add: (inout StateNotes) -> Void) async throws {
    let count = notes.withLock { notes in
      add(&notes)
      return notes.count
    }
    if count > Self.full { try await handOver(take()) }
  }

  func messages(_ keys: [EntityKey: MessageDetail]) async throws -> [EntityKey: BSONDocument] {
    try await note { $0.messages.formUnion(keys.keys) }
    return try await directory.messages(keys)
  }

  func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await note { $0.dialogs.formUnion(keys) }
    return try await directory.dialogs(keys)
  }

  func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument] {
    try await note { $0.memberships.formUnion(keys) }
    return try await directory.memberships(keys)
  }

  func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    try await note { $0.rosters.formUnion(dialogs) }
    return try await directory.rosters(dialogs, limit: limit)
  }

  func roster(of dialog: EntityKey, after user: Identifier?, pageSize: Int) async throws -> any Roster {
    try await note { $0.rosters.insert(dialog) }
    return try await directory.roster(of: dialog, after: user, pageSize: pageSize)
  }

  func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]] {
    try await note { $0.histories.formUnion(messages) }
    return try await directory.statuses(messages, limit: limit)
  }

  func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]] {
    try await note { $0.histories.formUnion(keys.map(\.message)) }
    return try await directory.statusCounts(keys)
  }

  func newerMessages(_ positions: Set<MessagePosition>) async throws -> [MessagePosition: NewerMessages] {
    try await note { notes in for position in positions { notes.add(position) } }
    return try await directory.newerMessages(positions)
  }

  func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await note { $0.users.formUnion(keys) }
    return try await directory.users(keys)
  }

  func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument] {
    try await note { $0.metas.formUnion(keys) }
    return try await directory.metas(keys)
  }

  func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts] {
    try await note { $0.countedUsers.formUnion(users) }
    return try await directory.membershipCounts(users)
  }
}
