import BSON
package import Updates

/// Answers what events need with one look-up for each collection. Look-ups that do not depend on each other run at the
/// same time.
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
    _ keys: [EntityKey: MessageDetail]
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

  /// What events need before their recipients are known.
  package func state(for needs: EventNeeds) async throws -> EventState {
    try await watch.measure(.resolve) { try await answer(needs) }
  }

  /// What recipients need, and what all of them share.
  package func profiles(for needs: ProfileNeeds) async throws -> Profiles {
    try await watch.measure(.resolve) { try await answer(needs) }
  }

  private func answer(_ needs: EventNeeds) async throws -> EventState {
    async let dialogs = needs.dialogs.isEmpty ? [:] : directory.dialogs(needs.dialogs)
    async let memberships = needs.memberships.isEmpty ? [:] : directory.memberships(needs.memberships)
    async let statuses =
      needs.statuses.isEmpty ? [:] : directory.statuses(needs.statuses, limit: Self.statusesShown)
    async let counts = needs.statusCounts.isEmpty ? [:] : directory.statusCounts(needs.statusCounts)
    async let newer = needs.newerMessages.isEmpty ? [:] : directory.newerMessages(needs.newerMessages)
    var state = EventState()
    state.dialogs = try await dialogs
    state.memberships = try await memberships
    state.statuses = try await statuses
    state.statusCounts = try await counts
    state.newerMessages = try await newer
    return state
  }

  private func answer(_ needs: ProfileNeeds) async throws -> Profiles {
    async let users = needs.users.isEmpty ? [:] : directory.users(needs.users)
    async let metas = needs.metas.isEmpty ? [:] : directory.metas(needs.metas)
    async let counts =
      needs.membershipCounts.isEmpty ? [:] : directory.membershipCounts(needs.membershipCounts)
    var profiles = Profiles()
    profiles.users = try await users
    profiles.metas = try await metas
    profiles.membershipCounts = try await counts
    return profiles
  }
}
