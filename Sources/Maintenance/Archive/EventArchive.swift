import Pipeline
import BSON
package import Updates

/// The API's own copy of every event (spec section 2, collection `events`): what a backfill makes updates from, and
/// what a verification measures them by.
package protocol EventArchive: Sendable {
  /// The events of a range in the order of their `createdAt`, then `_id`; with `types`, only of these.
  func events(in range: EventRange, types: [EventType]) async throws -> any RecordStream

  /// `createdAt` of the first and the last event of a range, in milliseconds since 1970; `nil` when it has none.
  func bounds(of range: EventRange) async throws -> ClosedRange<Double>?
}

extension BSONDocument {
  /// An archived event as the API published it: other programs' ObjectIds and dates in it become text, as in the
  /// JSON of the message.
  ///
  /// - Throws: `JSONError` for what no JSON text can be: more than 100 levels.
  func asPublished() throws(JSONError) -> BSONDocument {
    try JSONReader.object(JSONWriter.text(self))
  }
}
