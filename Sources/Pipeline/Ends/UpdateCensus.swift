package import Updates

/// Counts stored updates.
package protocol UpdateCensus: Sendable {
  /// The updates by type and span of time, from the newest back to `since`, until `patience` is over.
  ///
  /// - Parameters:
  ///   - tenantId: `nil` means all tenants.
  ///   - since: The earliest `createdAt` in milliseconds since 1970; `nil` means that there is none.
  ///   - until: The `createdAt` before which the count begins.
  ///   - span: The length of a span.
  ///   - countsEvents: Whether ``UpdateCounts/events`` are counted as well, which takes longer.
  func counts(
    of tenantId: Identifier?, since: Double?, until: Double?, by span: CensusSpan, countsEvents: Bool,
    patience: Duration
  ) async throws -> UpdateCounts

  /// The updates of any age that were never confirmed.
  func backlog(of tenantId: Identifier?, patience: Duration) async throws -> BacklogCount
}

/// The spans of time in which updates are counted; the raw value is the length in milliseconds.
package enum CensusSpan: Int64, Sendable {
  case second = 1000
  case minute = 60_000
  case hour = 3_600_000

  /// In milliseconds.
  package var length: Double { Double(rawValue) }
}

package struct UpdateCounts: Sendable, Equatable {
  package struct Key: Hashable, Sendable {
    /// Whole spans since 1970.
    package let span: Int
    package let eventType: String

    package init(span: Int, eventType: String) {
      self.span = span
      self.eventType = eventType
    }

    package init(createdAt: Double, by span: CensusSpan, eventType: String) {
      // Only a damaged or foreign record has a time that is not finite or beyond all calendars.
      let isSane = createdAt.magnitude < 8.64e15
      self.init(span: isSane ? Int((createdAt / span.length).rounded(.down)) : 0, eventType: eventType)
    }
  }

  package struct Count: Sendable, Equatable {
    package var total: Int
    package var unpublished: Int

    package init(total: Int = 0, unpublished: Int = 0) {
      self.total = total
      self.unpublished = unpublished
    }

    package static func += (left: inout Count, right: Count) {
      left.total += right.total
      left.unpublished += right.unpublished
    }
  }

  package var counts: [Key: Count] = [:]
  /// How many events there are of which updates were counted, each in the span of its earliest one. Statistics, which
  /// events have besides their own updates, make no event.
  package var events: [Key: Int] = [:]
  package var searched: SearchedSpan

  package init(searched: SearchedSpan) {
    self.searched = searched
  }
}

package struct BacklogCount: Sendable, Equatable {
  package var count = 0
  /// `createdAt` of the oldest, in milliseconds since 1970; `nil` when there is none.
  package var oldest: Double?
  /// False when there are more than were counted.
  package var isComplete = true

  package init() {}
}
