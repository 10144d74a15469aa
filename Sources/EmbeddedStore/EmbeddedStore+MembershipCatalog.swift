import BSON
import GRDB
import Pipeline
package import Updates

extension EmbeddedStore: MembershipCatalog {
  package func members(of dialog: EntityKey, limit: Int) async throws -> [Member] {
    try await read { try Self.members($0, of: dialog, after: "", limit: limit, activeOnly: false) }
  }

  package func memberships(of user: EntityKey, limit: Int) async throws -> [Membership] {
    try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT dialogId, record FROM dialogmembers INDEXED BY dialogmembers_counts
          WHERE tenantId = ? AND userId = ? ORDER BY dialogId LIMIT ?
          """, arguments: [user.tenantId.string, user.id.string, limit])
      var memberships: [Membership] = []
      while let row = try rows.next() {
        memberships.append(Membership(dialogId: Identifier(row[0]), record: try row.document(1)))
      }
      return memberships
    }
  }
}
