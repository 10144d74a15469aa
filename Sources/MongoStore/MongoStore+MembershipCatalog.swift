import BSON
import Pipeline
package import Updates

extension MongoStore: MembershipCatalog {
  package func members(of dialog: EntityKey, limit: Int) async throws -> [Member] {
    let filter = BSONDocument.filter(tenant: dialog.tenantId) { $0.append("dialogId", dialog.id.string) }
    let find = Find(
      .dialogmembers, filter: filter, fields: Self.memberFields, sort: [("userId", 1)], limit: max(1, limit))
    if limit <= 0 { return [] }
    return try await connections.run { client in
      var builder = RosterBuilder()
      try client.forEach(find) { builder.add($0) }
      return builder.members
    }
  }

  package func memberships(of user: EntityKey, limit: Int) async throws -> [Membership] {
    let filter = BSONDocument.filter(tenant: user.tenantId) { $0.append("userId", user.id.string) }
    let find = Find(
      .dialogmembers, filter: filter, fields: ["dialogId"] + Self.memberFields, sort: [("dialogId", 1)],
      limit: max(1, limit))
    if limit <= 0 { return [] }
    return try await connections.run { client in
      var memberships: [Membership] = []
      try client.forEach(find) { record in
        guard let id = record.identifier("dialogId") else { return }
        memberships.append(Membership(dialogId: id, record: record))
      }
      return memberships
    }
  }
}
