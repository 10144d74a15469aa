package import Pipeline
import BSON
package import Updates

/// A store that also tells what was never confirmed whatever its event, for the sweeps (spec section 7.5).
package protocol UpdateBacklog: UpdateStore {
  /// Stored updates of any event whose publication was never confirmed, made after one time and before another
  /// (milliseconds since 1970), in the order in which they were made. About `limit`: fewer when they are large, and
  /// those made at the same time as the last come with it, so that the next page begins after its time. None at
  /// the end only.
  func unpublished(after: Double?, before: Double, limit: Int) async throws -> [StoredUpdate]
}
