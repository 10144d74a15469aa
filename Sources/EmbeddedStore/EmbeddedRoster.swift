import BSON
import GRDB
import Pipeline
import Updates

/// Reads a roster page by page, by userId.
actor EmbeddedRoster: Roster {
  private let store: EmbeddedStore
  private let dialog: EntityKey
  private let pageSize: Int
  private var last = ""

  init(store: EmbeddedStore, dialog: EntityKey, pageSize: Int) {
    self.store = store
    self.dialog = dialog
    self.pageSize = pageSize
  }

  func next() async throws -> [Member] {
    let (dialog, last, pageSize) = (dialog, last, pageSize)
    let members = try await store.read {
      try EmbeddedStore.members($0, of: dialog, after: last, limit: pageSize, activeOnly: true)
    }
    if let end = members.last { self.last = end.userId.string }
    return members
  }
}
