import BSON
import Updates

/// The API's own copy of every event (spec section 2, collection `events`): what a backfill makes updates from, and
/// what a verification measures them by.
public protocol EventArchive: Sendable {
  /// The events of a range in the order of their `createdAt`, then `_id`; with `types`, only of these.
  func events(in range: EventRange, types: [EventType]) async throws -> any RecordStream

  /// `createdAt` of the first and the last event of a range, in milliseconds since 1970; `nil` when it has none.
  func bounds(of range: EventRange) async throws -> ClosedRange<Double>?
}

/// Records that are fetched by and by. Used by one task.
public protocol RecordStream: Sendable {
  /// The next records, at most `count`; empty at the end.
  func next(_ count: Int) async throws -> [BSONDocument]
}

/// Events by the time of their making.
public struct EventRange: Sendable, Equatable {
  /// Only of this tenant; `nil`: of all.
  public var tenantId: Identifier?
  /// The earliest `createdAt`, in milliseconds since 1970.
  public var since: Double
  /// The first `createdAt` that does not count, in milliseconds since 1970; `nil`: all count.
  public var until: Double?

  /// Takes a range.
  public init(tenantId: Identifier?, since: Double, until: Double?) {
    self.tenantId = tenantId
    self.since = since
    self.until = until
  }
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
