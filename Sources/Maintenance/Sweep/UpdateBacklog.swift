package import Pipeline
import BSON
package import Updates

/// A store that can also find the updates of any event that were never confirmed, for the sweeps (spec
/// section 7.5).
package protocol UpdateBacklog: UpdateStore {
  /// A page of the stored updates of any event whose publication was never confirmed, made after one time and
  /// before another (milliseconds since 1970), in the order in which they were made.
  ///
  /// The page has about `limit` updates: fewer when they are large, and more when others were made at the
  /// same time as the last one, so that the next page can begin after that time. An empty page means the end.
  func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate]
}
