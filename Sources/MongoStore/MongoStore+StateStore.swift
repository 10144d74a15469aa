import BSON
package import Pipeline
import Synchronization
import Updates

extension MongoStore: StateStore {
  /// Applies a change record by record, because a standalone server has no means to apply it as a whole.
  /// Applying it again, after a failure or in a second replay of the same timeline, changes nothing more.
  package func apply(_ change: StateChange) async throws {
    let occurrence = occurrences.next(of: change)
    let writes = change.records.enumerated().map { index, record in
      switch change.action {
      case .upsert: StateWrite(upserting: record, line: occurrence, index: index)
      case .delete: StateWrite(deleting: record)
      }
    }
    do {
      try await connections.run { client in
        for write in writes { try client.apply(write) }
      }
    } catch {
      occurrences.giveBack(occurrence)
      throw error
    }
  }
}

extension MongoClient {
  fileprivate func apply(_ write: StateWrite) throws {
    if let document = write.document {
      try replace(write.collection, filter: write.filter, with: document)
    } else {
      try deleteMany(write.collection, filter: write.filter)
    }
  }
}
