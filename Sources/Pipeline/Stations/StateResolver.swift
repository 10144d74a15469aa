import BSON
package import Updates

/// Answers a ``StateRequest`` with one look-up for each of its sets. Look-ups that do not depend on each
/// other run at the same time.
package struct StateResolver: Sendable {
  /// How many statuses of a message are shown (spec section 3.1).
  static let statusesShown = 100

  private let directory: any Directory
  private let watch: StationWatch

  package init(directory: any Directory, watch: StationWatch = StationWatch()) {
    self.directory = directory
    self.watch = watch
  }

  /// The stored messages that events need.
  func messages(
    _ keys: [EntityKey: EventDraft.MessageDetail]
  ) async throws -> [EntityKey: BSONDocument] {
    try await watch.measure(.resolve) { try await directory.messages(keys) }
  }

  /// The active members of these dialogs; `nil` when they are more than `limit`.
  func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    try await watch.measure(.resolve) { try await directory.rosters(dialogs, limit: limit) }
  }

  /// The active members of a dialog that may have any number of them; those that follow `user`, if it is given.
  func roster(of dialog: EntityKey, after user: Identifier?, pageSize: Int) async throws -> any Roster {
    try await watch.measure(.resolve) {
      try await directory.roster(of: dialog, after: user, pageSize: pageSize)
    }
  }

  /// The next page of a roster.
  func next(of roster: any Roster) async throws -> [Member] {
    try await watch.measure(.resolve) { try await roster.next() }
  }

  /// What an event needs before its recipients are known.
  func events(_ request: StateRequest) async throws -> StateSnapshot {
    try await watch.measure(.resolve) { try await state(of: request) }
  }

  /// Adds what recipients need to what their events needed.
  package func recipients(_ request: StateRequest, into state: inout StateSnapshot) async throws {
    let found = try await watch.measure(.resolve) { try await recipients(request) }
    state.users = found.users
    state.metas = found.metas
    state.membershipCounts = found.membershipCounts
  }

  private func state(of request: StateRequest) async throws -> StateSnapshot {
    async let dialogs = request.dialogs.isEmpty ? [:] : directory.dialogs(request.dialogs)
    async let memberships = request.memberships.isEmpty ? [:] : directory.memberships(request.memberships)
    async let statuses =
      request.statuses.isEmpty ? [:] : directory.statuses(request.statuses, limit: Self.statusesShown)
    async let counts = request.statusCounts.isEmpty ? [:] : directory.statusCounts(request.statusCounts)
    async let newer = request.newerMessages.isEmpty ? [:] : directory.newerMessages(request.newerMessages)
    var state = StateSnapshot()
    state.dialogs = try await dialogs
    state.memberships = try await memberships
    state.statuses = try await statuses
    state.statusCounts = try await counts
    state.newerMessages = try await newer
    return state
  }

  private func recipients(_ request: StateRequest) async throws -> StateSnapshot {
    async let users = request.users.isEmpty ? [:] : directory.users(request.users)
    async let metas = request.metas.isEmpty ? [:] : directory.metas(request.metas)
    async let counts =
      request.membershipCounts.isEmpty ? [:] : directory.membershipCounts(request.membershipCounts)
    var state = StateSnapshot()
    state.users = try await users
    state.metas = try await metas
    state.membershipCounts = try await counts
    return state
  }
}
