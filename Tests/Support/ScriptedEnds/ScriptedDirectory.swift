package import BSON
package import Pipeline
import Synchronization
package import Updates

/// A state in memory that holds only what it is told.
package final class ScriptedDirectory: Directory {
  /// What look-ups find.
  package struct State: Sendable {
    package var messages: [EntityKey: BSONDocument] = [:]
    package var dialogs: [EntityKey: BSONDocument] = [:]
    package var members: [EntityKey: [Member]] = [:]
    package var statuses: [EntityKey: [BSONDocument]] = [:]
    package var statusCounts: [StatusCountKey: [StatusCount]] = [:]
    package var newerMessages: [MessagePosition: NewerMessages] = [:]
    package var users: [EntityKey: BSONDocument] = [:]
    package var metas: [MetaKey: BSONDocument] = [:]

    /// Makes these users members of a dialog.
    package mutating func join(_ users: [String], _ dialog: String, unreadCount: Int64 = 0) {
      for user in users {
        var record = BSONWriter()
        record.append("unreadCount", unreadCount)
        members[scriptedKey(dialog), default: []].append(
          Member(userId: Identifier(user), record: record.finish()))
      }
    }
  }

  /// Has a line for each look-up: its name and the number of keys.
  package let journal: Journal
  private let state: Mutex<State>
  private let hold: @Sendable (_ name: String) async -> Void

  /// - Parameter hold: Each look-up waits for it before it answers.
  package init(
    journal: Journal = Journal(), _ build: (inout State) -> Void = { _ in },
    hold: @escaping @Sendable (_ name: String) async -> Void = { _ in }
  ) {
    self.journal = journal
    self.hold = hold
    var state = State()
    build(&state)
    self.state = Mutex(state)
  }

  package func change(_ change: (inout State) -> Void) {
    state.withLock { change(&$0) }
  }

  private func find<Key, Value>(
    _ name: String, _ keys: Set<Key>, in table: (State) -> [Key: Value]
  ) async -> [Key: Value] {
    journal.note(name, "\(keys.count)")
    await hold(name)
    return table(state.withLock { $0 }).filter { keys.contains($0.key) }
  }

  package func messages(
    _ keys: [EntityKey: MessageDetail]
  ) async throws -> [EntityKey: BSONDocument] {
    await find("messages", Set(keys.keys)) { $0.messages }
  }

  package func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    await find("dialogs", keys) { $0.dialogs }
  }

  package func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument] {
    await find("memberships", keys) { state in
      var records: [MemberKey: BSONDocument] = [:]
      for (dialog, members) in state.members {
        for member in members { records[MemberKey(dialog: dialog, userId: member.userId)] = member.record }
      }
      return records
    }
  }

  package func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    let found = await find("rosters", dialogs) { $0.members }
    return found.values.reduce(0) { $0 + $1.count } > limit ? nil : found
  }

  package func roster(
    of dialog: EntityKey, after user: Identifier?, pageSize: Int
  ) async throws -> any Roster {
    let found = await find("roster", [dialog]) { $0.members }
    return ScriptedRoster(
      members: (found[dialog] ?? []).filter { member in user.map { $0 < member.userId } ?? true },
      pageSize: pageSize)
  }

  package func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]] {
    await find("statuses", messages) { $0.statuses }.mapValues { Array($0.prefix(limit)) }
  }

  package func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]] {
    await find("statusCounts", keys) { $0.statusCounts }
  }

  package func newerMessages(
    _ positions: Set<MessagePosition>
  ) async throws -> [MessagePosition: NewerMessages] {
    await find("newerMessages", positions) { $0.newerMessages }
  }

  package func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    await find("users", keys) { $0.users }
  }

  package func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument] {
    await find("metas", keys) { $0.metas }
  }

  package func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts] {
    await find("membershipCounts", users) { state in
      var counts: [EntityKey: MembershipCounts] = [:]
      for (dialog, members) in state.members {
        for member in members {
          let user = EntityKey(tenantId: dialog.tenantId, id: member.userId)
          let isUnread = (member.record["unreadCount"]?.number ?? 0) > 0
          let old = counts[user] ?? .none
          counts[user] = MembershipCounts(dialogs: old.dialogs + 1, unread: old.unread + (isUnread ? 1 : 0))
        }
      }
      return counts
    }
  }
}

private actor ScriptedRoster: Roster {
  private var rest: ArraySlice<Member>
  private let pageSize: Int

  init(members: [Member], pageSize: Int) {
    rest = members[...]
    self.pageSize = pageSize
  }

  func next() async throws -> [Member] {
    defer { rest = rest.dropFirst(pageSize) }
    return Array(rest.prefix(pageSize))
  }
}

/// A dialog, user or message of tenant `t`.
package func scriptedKey(_ id: String, of tenant: String = "t") -> EntityKey {
  EntityKey(tenantId: Identifier(tenant), id: Identifier(id))
}
