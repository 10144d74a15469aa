import BSON
package import Maintenance
import Pipeline
package import Updates

extension MongoStore: StateRecords {
  package func records(
    _ selection: StateSelection, of tenantId: Identifier
  ) async throws -> any RecordStream {
    StateRecordStream(connections: connections, finds: selection.finds(of: tenantId))
  }
}

/// The results of several queries, one after the other. Used by one task.
private actor StateRecordStream: RecordStream {
  private let connections: MongoConnections
  private var finds: ArraySlice<Find>
  private var stream: MongoStream?

  init(connections: MongoConnections, finds: [Find]) {
    self.connections = connections
    self.finds = finds[...]
  }

  func next(_ count: Int) async throws -> [BSONDocument] {
    while true {
      if let stream {
        let records = try await stream.next(count)
        if !records.isEmpty { return records }
      }
      guard let find = finds.popFirst() else { return [] }
      stream = try await connections.stream(find)
    }
  }
}

extension StateSelection {
  private static let memberFields = [
    "tenantId", "dialogId", "userId", "unreadCount", "lastSeenAt", "lastMessageAt", "isActive",
  ]

  /// The queries for the records, each with at most ``Find/mostIds`` ids.
  fileprivate func finds(of tenantId: Identifier) -> [Find] {
    switch self {
    case .users(let ids):
      Find.byId(
        collection, tenant: tenantId, "userId", in: ids,
        fields: ["tenantId", "userId", "type", "name", "createdAt"])
    case .dialogs(let ids): Find.byId(collection, tenant: tenantId, "dialogId", in: ids)
    case .messages(let ids): Find.byId(collection, tenant: tenantId, "messageId", in: ids)
    case .metas(let entity, let ids):
      slices(ids, of: tenantId, "entityId", fields: ["tenantId", "entityType", "entityId", "key", "value"]) {
        $0.append("entityType", entity.rawValue)
      }
    case .memberships(let dialog, let users):
      slices(users, of: tenantId, "userId", fields: Self.memberFields) {
        $0.append("dialogId", dialog.string)
      }
    case .activeMembers(let dialogs):
      slices(dialogs, of: tenantId, "dialogId", fields: Self.memberFields) { $0.appendIsActive() }
    case .activeMemberships(let users):
      slices(users, of: tenantId, "userId", fields: Self.memberFields) { $0.appendIsActive() }
    case .newerMessages(let dialogs, let since):
      slices(dialogs, of: tenantId, "dialogId", fields: []) { filter in
        filter.open("createdAt")
        filter.append("$gte", since)
        filter.close()
      }
    case .statuses(let messages):
      slices(
        messages, of: tenantId, "messageId",
        fields: [
          "_id", "tenantId", "messageId", "userId", "userType", "status", "createdAt", "readAt",
          "deliveredAt",
        ], sort: [("messageId", 1), ("userId", 1), ("_id", 1)])
    }
  }

  private func slices(
    _ ids: [Identifier], of tenantId: Identifier, _ field: String, fields: [String],
    sort: [(key: String, order: Int64)] = [], _ condition: (inout BSONWriter) -> Void = { _ in }
  ) -> [Find] {
    Find.slices(ids).map { ids in
      let filter = BSONDocument.filter(tenant: tenantId) { filter in
        filter.append(field, anyOf: ids)
        condition(&filter)
      }
      return Find(collection, filter: filter, fields: fields, sort: sort, isLargeSort: !sort.isEmpty)
    }
  }
}
