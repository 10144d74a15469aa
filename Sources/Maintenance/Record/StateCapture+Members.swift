import BSON
import Pipeline
import Updates

extension StateCapture {
  /// The memberships that were looked up, those of whole dialogs, and those that were counted. A membership
  /// that is active in the recording and not among the active ones of the database is looked up by itself: it
  /// is gone, or not active any more.
  func updateMemberships(_ notes: StateNotes) async throws {
    var wanted = notes.memberships
    var seen: Set<MemberKey> = []
    for (tenantId, dialogs) in notes.rosters.byTenant {
      try await forEach(.activeMembers(dialogs), of: tenantId) { record in
        try await take(record, of: tenantId, &seen)
      }
    }
    for (tenantId, users) in notes.countedUsers.byTenant {
      try await forEach(.activeMemberships(users), of: tenantId) { record in
        try await take(record, of: tenantId, &seen)
      }
    }
    for dialog in notes.rosters { wanted.formUnion(recorded.activeMembers(of: dialog)) }
    for user in notes.countedUsers { wanted.formUnion(recorded.activeMemberships(of: user)) }
    wanted.subtract(seen)
    for (dialog, keys) in Dictionary(grouping: wanted, by: \.dialog) {
      let selection = StateSelection.memberships(dialog: dialog.id, users: keys.map(\.userId))
      try await forEach(selection, of: dialog.tenantId) { record in
        try await take(record, of: dialog.tenantId, &seen)
      }
    }
    for key in wanted where !seen.contains(key) && recorded[key] != nil {
      recorded[key] = nil
      try await delete(
        [
          ("tenantId", key.dialog.tenantId.string), ("dialogId", key.dialog.id.string),
          ("userId", key.userId.string),
        ], from: .dialogmembers)
    }
  }

  private func take(
    _ record: BSONDocument, of tenantId: Identifier, _ seen: inout Set<MemberKey>
  ) async throws {
    guard let dialog = record.identifier("dialogId"), let user = record.identifier("userId") else { return }
    let key = MemberKey(dialog: EntityKey(tenantId: tenantId, id: dialog), userId: user)
    guard seen.insert(key).inserted else { return }
    let digest = RecordDigest(record)
    guard recorded[key]?.digest != digest else { return }
    recorded[key] = RecordedState.Membership(
      digest: digest, isActive: record["isActive"]?.bool != false)
    try await upsert(record, in: .dialogmembers)
  }
}
