import BSON
import EmbeddedStore
import Pipeline
import Synchronization
import Updates

extension EmbeddedStore {
  /// Every stored update, oldest first.
  func all() async throws -> [StoredUpdate] {
    let found = Mutex<[StoredUpdate]>([])
    var query = UpdateQuery()
    query.limit = 0
    try await updates(matching: query) { update in
      found.withLock { $0.append(update) }
      return true
    }
    return found.withLock { $0.reversed() }
  }

  /// Applies a state line.
  func apply(_ line: String) async throws {
    try await apply(StateChange(JSONReader.object(Array(line.utf8))))
  }
}
