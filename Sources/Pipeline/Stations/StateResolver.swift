package import Updates

/// Answers a ``StateRequest`` with one look-up for each of its sets. Look-ups that do not depend on each
/// other run at the same time.
package struct StateResolver: Sendable {
  /// How many statuses of a message are shown (spec section 3.1).
  static let statusesShown = 100

  let directory: any Directory

  package init(directory: any Directory) {
    self.directory = directory
  }

  /// What an event needs before its recipients are known.
  func events(_ request: StateRequest) async throws -> StateSnapshot {
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

  /// Adds what recipients need to what their events needed.
  package func recipients(_ request: StateRequest, into state: inout StateSnapshot) async throws {
    async let users = request.users.isEmpty ? [:] : directory.users(request.users)
    async let metas = request.metas.isEmpty ? [:] : directory.metas(request.metas)
    async let counts =
      request.membershipCounts.isEmpty ? [:] : directory.membershipCounts(request.membershipCounts)
    state.users = try await users
    state.metas = try await metas
    state.membershipCounts = try await counts
  }
}
