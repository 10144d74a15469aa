package import BSON
package import Pipeline
package import Updates

/// The API's own copy of every event (spec section 2, collection `events`). A backfill makes updates from it,
/// and a verification checks updates against it.
package protocol EventArchive: Sendable {
  /// The events of a range, ordered by `createdAt`, then `_id`. An empty `types` means all types.
  func events(in range: EventRange, types: [EventType]) async throws -> any RecordStream

  /// `createdAt` of the first and the last event of a range, in milliseconds since 1970; `nil` when the
  /// range has no events.
  func bounds(of range: EventRange) async throws -> ClosedRange<Double>?
}

extension BSONDocument {
  /// An archived event as the API published it: ObjectIds and dates become text, as in the JSON of the
  /// message.
  ///
  /// - Throws: `JSONError` for what ``JSONReader`` does not accept: more than 100 levels, for example.
  func asPublished() throws(JSONError) -> BSONDocument {
    try JSONReader.object(JSONWriter.text(self))
  }

  /// An archived event as a source delivers it.
  package var asDelivered: Delivery.Content {
    do throws(JSONError) {
      return .document(try asPublished())
    } catch {
      return .unreadable(BadEvent(nil, error.description, .unreadable))
    }
  }
}
