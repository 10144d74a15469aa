package import BSON
import GRDB
package import Pipeline
package import Updates

// Each key is looked up on its own with a prepared statement: SQLite runs in this process, so looking up many
// keys at once would save nothing.

extension EmbeddedStore: Directory {
  package func messages(
    _ keys: [EntityKey: MessageDetail]
  ) async throws -> [EntityKey: BSONDocument] {
    try await records(Set(keys.keys), "SELECT record FROM messages WHERE tenantId = ? AND messageId = ?")
  }

  package func dialogs(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await records(keys, "SELECT record FROM dialogs WHERE tenantId = ? AND dialogId = ?")
  }

  package func users(_ keys: Set<EntityKey>) async throws -> [EntityKey: BSONDocument] {
    try await records(keys, "SELECT record FROM users WHERE tenantId = ? AND userId = ?")
  }

  private func records(_ keys: Set<EntityKey>, _ sql: String) async throws -> [EntityKey: BSONDocument] {
    try await read { db in
      let statement = try db.cachedStatement(sql: sql)
      var found: [EntityKey: BSONDocument] = [:]
      for key in keys {
        if let row = try statement.firstRow(key.tenantId, key.id) { found[key] = try row.document(0) }
      }
      return found
    }
  }

  package func memberships(_ keys: Set<MemberKey>) async throws -> [MemberKey: BSONDocument] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT record FROM dialogmembers WHERE tenantId = ? AND dialogId = ? AND userId = ?")
      var found: [MemberKey: BSONDocument] = [:]
      for key in keys {
        if let row = try statement.firstRow(key.dialog.tenantId, key.dialog.id, key.userId) {
          found[key] = try row.document(0)
        }
      }
      return found
    }
  }

  package func rosters(_ dialogs: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [Member]]? {
    try await read { db in
      var found: [EntityKey: [Member]] = [:]
      var count = 0
      for dialog in dialogs {
        let members = try Self.members(db, of: dialog, after: "", limit: limit - count + 1, activeOnly: true)
        count += members.count
        if count > limit { return nil }
        found[dialog] = members
      }
      return found
    }
  }

  package func roster(
    of dialog: EntityKey, after user: Identifier?, pageSize: Int
  ) async throws -> any Roster {
    EmbeddedRoster(store: self, dialog: dialog, after: user, pageSize: pageSize)
  }

  /// The members whose userId is greater than `after`, in ascending order of userId.
  static func members(
    _ db: Database, of dialog: EntityKey, after: String, limit: Int, activeOnly: Bool
  ) throws -> [Member] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT userId, record FROM dialogmembers
        WHERE tenantId = ? AND dialogId = ? AND userId > ? \(activeOnly ? "AND active = 1" : "")
        ORDER BY userId LIMIT ?
        """)
    statement.setUncheckedArguments([dialog.tenantId.string, dialog.id.string, after, limit])
    var members: [Member] = []
    let rows = try Row.fetchCursor(statement)
    while let row = try rows.next() {
      members.append(Member(userId: Identifier(row[0]), record: try row.document(1)))
    }
    return members
  }

  package func statuses(_ messages: Set<EntityKey>, limit: Int) async throws -> [EntityKey: [BSONDocument]] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT record FROM messagestatuses WHERE tenantId = ? AND messageId = ?
          ORDER BY createdAt DESC NULLS LAST, userId, sequence DESC LIMIT ?
          """)
      var found: [EntityKey: [BSONDocument]] = [:]
      for key in messages {
        statement.setUncheckedArguments([key.tenantId.string, key.id.string, limit])
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() { found[key, default: []].append(try row.document(0)) }
      }
      return found
    }
  }

  package func statusCounts(_ keys: Set<StatusCountKey>) async throws -> [StatusCountKey: [StatusCount]] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT userType, status, count(*) FROM messagestatuses
          WHERE tenantId = ? AND messageId = ? AND userId IS NOT ? GROUP BY userType, status
          """)
      var found: [StatusCountKey: [StatusCount]] = [:]
      for key in keys {
        statement.setUncheckedArguments([
          key.message.tenantId.string, key.message.id.string, key.senderId?.string,
        ])
        found[key] = try Row.fetchAll(statement).map {
          StatusCount(userType: try $0.text(0), status: try $0.text(1), count: $0[2])
        }
      }
      return found
    }
  }

  package func newerMessages(
    _ positions: Set<MessagePosition>
  ) async throws -> [MessagePosition: NewerMessages] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT senderId, count(*) FROM messages
          WHERE tenantId = ?1 AND dialogId = ?2 AND createdAt >= ?3
            AND (createdAt > ?3 OR (?4 IS NOT NULL AND messageId > ?4))
          GROUP BY senderId
          """)
      var found: [MessagePosition: NewerMessages] = [:]
      for position in positions {
        statement.setUncheckedArguments([
          position.dialog.tenantId.string, position.dialog.id.string, position.createdAt.databaseValue,
          position.messageId?.string,
        ])
        var newer = NewerMessages()
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
          let count: Int = row[1]
          newer.total += count
          if let sender: String = row[0] { newer.bySender[Identifier(sender)] = count }
        }
        found[position] = newer
      }
      return found
    }
  }

  package func membershipCounts(_ users: Set<EntityKey>) async throws -> [EntityKey: MembershipCounts] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT count(*), coalesce(sum(unread), 0) FROM dialogmembers
          WHERE tenantId = ? AND userId = ? AND active = 1
          """)
      var found: [EntityKey: MembershipCounts] = [:]
      for key in users {
        guard let row = try statement.firstRow(key.tenantId, key.id) else { continue }
        found[key] = MembershipCounts(dialogs: row[0], unread: row[1])
      }
      return found
    }
  }
}

extension Statement {
  fileprivate func firstRow(_ ids: Identifier...) throws -> Row? {
    setUncheckedArguments(StatementArguments(ids.map(\.string)))
    return try Row.fetchOne(self)
  }
}
