import BSON
import GRDB
import Pipeline
import Updates

/// Reads the active members of one dialog page by page, in ascending order of userId.
actor EmbeddedRoster: Roster {
  private let store: EmbeddedStore
  private let dialog: EntityKey
  private let pageSize: Int
  private var lastUserId: String

  init(store: EmbeddedStore, dialog: EntityKey, after user: Identifier?, pageSize: Int) {
    lastUserId = user?.string ?? ""
    self.store = store
    self.dialog = dialog
    self.pageSize = pageSize
  }

  func next() async throws -> [Member] {
    let (dialog, lastUserId, pageSize) = (dialog, lastUserId, pageSize)
    let members = try await store.read {
      try EmbeddedStore.members($0, of: dialog, after: lastUserId, limit: pageSize, activeOnly: true)
    }
    if let last = members.last { self.lastUserId = last.userId.string }
    return members
  }
}
