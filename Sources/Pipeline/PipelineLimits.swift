/// Bounds on the memory and the server round trips that a round takes.
package struct PipelineLimits: Sendable {
  /// Events taken from the source for one round.
  package var eventsPerRound = 300
  /// Members looked up at once for the events of a round. A roster larger than this is read page by page.
  package var membersPerRound = 4000
  /// Members of a large roster handled at once.
  package var membersPerSlice = 1000
  /// Updates stored and published at once.
  package var updatesPerSlice = 1000
  /// Bytes of updates, by the size of their documents, stored and published at once.
  package var bytesPerSlice = 8 << 20

  /// The defaults, for live events.
  package init() {}

  /// For replays into a file, where fewer and larger transactions write each page of an index less often.
  package static let replay: PipelineLimits = {
    var limits = PipelineLimits()
    limits.eventsPerRound = 1000
    limits.membersPerRound = 12_000
    limits.updatesPerSlice = 3000
    return limits
  }()
}
