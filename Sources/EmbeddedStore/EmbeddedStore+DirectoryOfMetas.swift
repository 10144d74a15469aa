package import BSON
import GRDB
import Pipeline
package import Updates

extension EmbeddedStore {
  package func metas(_ keys: Set<MetaKey>) async throws -> [MetaKey: BSONDocument] {
    try await read { db in
      var lookup = MetaLookup(db: db)
      var members: [EntityKey: [Identifier]] = [:]
      for key in keys {
        if let member = key.member {
          members[member.dialog, default: []].append(member.userId)
        } else {
          try lookup.find(key)
        }
      }
      for (dialog, users) in members { try lookup.find(users, of: dialog) }
      return lookup.found
    }
  }
}

/// Finds meta objects. Most memberships have none, so the memberships of one dialog are looked up together:
/// their entityIds all begin with the dialog's id, and one pass over that range of the index finds every
/// record there is.
private struct MetaLookup {
  /// When the range holds more records than this for each requested member, most of them belong to other
  /// members, and the requested members are looked up one by one.
  private static let recordsPerMember = 8

  let db: Database
  var found: [MetaKey: BSONDocument] = [:]

  mutating func find(_ key: MetaKey) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT key, record FROM metas WHERE tenantId = ? AND entityType = ? AND entityId = ? ORDER BY key"
    )
    statement.setUncheckedArguments([key.tenantId.string, key.entity.rawValue, key.entityId.string])
    var meta: BSONWriter?
    let rows = try Row.fetchCursor(statement)
    while let row = try rows.next() {
      var output = meta ?? BSONWriter()
      output.append(row[0], valueOf: try row.document(1)["value"])
      meta = output
    }
    if let meta { found[key] = meta.finish() }
  }

  mutating func find(_ users: [Identifier], of dialog: EntityKey) throws {
    let limit = users.count * Self.recordsPerMember
    let statement = try db.cachedStatement(
      sql: """
        SELECT entityId, key, record FROM metas
        WHERE tenantId = ? AND entityType = ? AND entityId >= ? AND entityId < ? ORDER BY entityId, key LIMIT ?
        """)
    statement.setUncheckedArguments([
      // ';' is the character after ':'.
      dialog.tenantId.string, MetaEntity.dialogMember.rawValue, dialog.id.string + ":",
      dialog.id.string + ";",
      limit,
    ])
    var metas: [Identifier: BSONWriter] = [:]
    var count = 0
    let rows = try Row.fetchCursor(statement)
    while let row = try rows.next() {
      count += 1
      metas[Identifier(row[0]), default: BSONWriter()].append(row[1], valueOf: try row.document(2)["value"])
    }
    let isComplete = count < limit
    for userId in users {
      let key = MetaKey(MemberKey(dialog: dialog, userId: userId))
      if !isComplete {
        try find(key)
      } else if !metas.isEmpty, let meta = metas[key.entityId] {
        found[key] = meta.finish()
      }
    }
  }
}
