import BSON
import Pipeline
import Updates

/// Statuses are a history: a state line adds to it, and only a deletion of all that a user has of a message
/// takes anything away. So each record is written once. Where a record that was written has changed, or is
/// gone, the user's records of the message are deleted and written again.
extension StateCapture {
  /// The records of one user and one message, as they come in.
  private struct Group {
    let message: EntityKey
    let user: Identifier
    var records: [BSONDocument] = []
  }

  func updateHistories(_ notes: StateNotes) async throws {
    for (tenantId, ids) in notes.histories.byTenant {
      var seen: [EntityKey: Set<Identifier>] = [:]
      var group: Group?
      try await forEach(.statuses(ids), of: tenantId) { record in
        guard let id = record.identifier("messageId"), let user = record.identifier("userId") else { return }
        let message = EntityKey(tenantId: tenantId, id: id)
        guard notes.histories.contains(message) else { return }
        if let finished = group, finished.message != message || finished.user != user {
          try await take(finished)
          group = nil
        }
        seen[message, default: []].insert(user)
        group = group ?? Group(message: message, user: user)
        group?.records.append(record)
      }
      if let group { try await take(group) }
      for id in ids {
        let message = EntityKey(tenantId: tenantId, id: id)
        for user in (recorded.statuses[message] ?? [:]).keys where seen[message]?.contains(user) != true {
          recorded.statuses[message]?[user] = nil
          try await delete(message, user)
        }
      }
    }
  }

  private func take(_ group: Group) async throws {
    let digests = group.records.map(RecordDigest.init)
    let known = recorded.statuses[group.message]?[group.user] ?? []
    guard digests != known else { return }
    recorded.statuses[group.message, default: [:]][group.user] = digests
    var new = group.records[...]
    if digests.starts(with: known) {
      new = new.dropFirst(known.count)
    } else {
      try await delete(group.message, group.user)
    }
    for record in new { try await upsert(record, in: .messagestatuses) }
  }

  private func delete(_ message: EntityKey, _ user: Identifier) async throws {
    try await delete(
      [
        ("tenantId", message.tenantId.string), ("messageId", message.id.string), ("userId", user.string),
      ], from: .messagestatuses)
  }
}
