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
    let directory = directory
    var lookUps = LookUps<EventState>()
    if !needs.dialogs.isEmpty {
      lookUps.add(to: \.dialogs) { try await directory.dialogs(needs.dialogs) }
    }
    if !needs.memberships.isEmpty {
      lookUps.add(to: \.memberships) { try await directory.memberships(needs.memberships) }
    }
    if !needs.statuses.isEmpty {
      lookUps.add(to: \.statuses) {
        try await directory.statuses(needs.statuses, limit: Self.statusesShown)
      }
    }
    if !needs.statusCounts.isEmpty {
      lookUps.add(to: \.statusCounts) { try await directory.statusCounts(needs.statusCounts) }
    }
    if !needs.newerMessages.isEmpty {
      lookUps.add(to: \.newerMessages) { try await directory.newerMessages(needs.newerMessages) }
    }
    return try await lookUps.answers(in: EventState())
  }

  private func answer(_ needs: ProfileNeeds) async throws -> Profiles {
    let directory = directory
    var lookUps = LookUps<Profiles>()
    if !needs.users.isEmpty {
      lookUps.add(to: \.users) { try await directory.users(needs.users) }
    }
    if !needs.metas.isEmpty {
      lookUps.add(to: \.metas) { try await directory.metas(needs.metas) }
    }
    if !needs.membershipCounts.isEmpty {
      lookUps.add(to: \.membershipCounts) { try await directory.membershipCounts(needs.membershipCounts) }
    }
    return try await lookUps.answers(in: Profiles())
  }
}

/// Look-ups that do not depend on each other, each of which fills a part of an answer.
private struct LookUps<Answer: Sendable> {
  private typealias Filling = @Sendable (inout Answer) -> Void

  private var all: [@Sendable () async throws -> Filling] = []

  mutating func add<Part: Sendable>(
    to part: any WritableKeyPath<Answer, Part> & Sendable,
    _ lookUp: @escaping @Sendable () async throws -> Part
  ) {
    all.append {
      let found = try await lookUp()
      return { $0[keyPath: part] = found }
    }
  }

  /// Runs them at the same time; the last one without a task of its own, since most needs have few of them.
  func answers(in empty: Answer) async throws -> Answer {
    var answer = empty
    guard let last = all.last else { return answer }
    if all.count == 1 {
      try await last()(&answer)
      return answer
    }
    try await withThrowingTaskGroup(of: Filling.self) { group in
      for lookUp in all.dropLast() { group.addTask(operation: lookUp) }
      try await last()(&answer)
      for try await fill in group { fill(&answer) }
    }
    return answer
  }
}
