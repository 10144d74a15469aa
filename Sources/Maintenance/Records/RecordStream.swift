import Pipeline
package import BSON
import Updates

/// Records that are fetched page by page. Used by one task.
package protocol RecordStream: Sendable {
  /// The next page, of at most `count` records. An empty page means the end.
  func next(_ count: Int) async throws -> [BSONDocument]
}
