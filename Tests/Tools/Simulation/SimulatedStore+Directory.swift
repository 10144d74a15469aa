package import BSON
package import Pipeline
package import Updates

extension SimulatedStore: Directory {
  package func messages(
    _ keys: [EntityKey: MessageDetail]
  ) async throws -> [EntityKey: BSONDocument] {
    try await find("messages", Set(keys.keys)) { $0.messages[$1] }
  }

  package func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await find("dialogs", keys) { $0.dialogs[$1] }
  }

  package func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument] {
    try await find("memberships", keys) { $0.membership($1) }
  }

  package func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    let found = try await find("rosters", dialogs) { $0.roster($1) }
    return found.values.reduce(0) { $0 + $1.count } > limit ? nil : found
  }

  package func roster(
    of dialog: EntityKey, after user: Identifier?, pageSize: Int
  ) async throws -> any Roster {
    SimulatedRoster(store: self, dialog: dialog, after: user, pageSize: pageSize)
  }

  package func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]] {
    try await find("statuses", messages) { $0.statuses(of: $1, limit: limit) }
  }

  package func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]] {
    try await find("status counts", keys) { $0.statusCounts($1) }
  }

  package func newerMessages(
    _ positions: Set<MessagePosition>
  ) async throws -> [MessagePosition: NewerMessages] {
    try await find("newer messages", positions) { $0.newerMessages($1) }
  }

  package func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await find("users", keys) { $0.users[$1] }
  }

  package func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument] {
    try await find("metas", keys) { $0.meta($1) }
  }

  package func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts] {
    try await find("membership counts", users) { $0.counts(of: $1) }
  }

  private func find<Key: Hashable, Value>(
    _ name: String, _ keys: Set<Key>, _ value: @escaping (SimulatedState, Key) -> Value?
  ) async throws -> [Key: Value] {
    if keys.isEmpty { return [:] }
    return try await read(.lookUp, "looks up \(keys.count) \(name)") { database in
      let state = database.state
      var found = [Key: Value](minimumCapacity: keys.count)
      for key in keys { found[key] = value(state, key) }
      return found
    }
  }
}

/// The members of one dialog, page by page, each page from the state of its moment.
private actor SimulatedRoster: Roster {
  private let store: SimulatedStore
  private let dialog: EntityKey
  private let pageSize: Int
  private var last: Identifier?

  init(store: SimulatedStore, dialog: EntityKey, after user: Identifier?, pageSize: Int) {
    last = user
    self.store = store
    self.dialog = dialog
    self.pageSize = pageSize
  }

  func next() async throws -> [Member] {
    let (last, dialog, pageSize) = (last, dialog, pageSize)
    let page = try await store.read(.lookUp, "reads a page of members") { database in
      let rest = database.state.roster(dialog).drop { member in last.map { member.userId <= $0 } ?? false }
      return Array(rest.prefix(pageSize))
    }
    self.last = page.last?.userId
    return page
  }
}
