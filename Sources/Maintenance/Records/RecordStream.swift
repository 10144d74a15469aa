import Pipeline
package import BSON
import Updates

/// Records that are fetched by and by. Used by one task.
package protocol RecordStream: Sendable {
  /// The next records, at most `count`; empty at the end.
  func next(_ count: Int) async throws -> [BSONDocument]
}
