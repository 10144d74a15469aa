/// Bounds of the memory and the round trips of a batch.
package struct PipelineLimits: Sendable {
  /// Events taken from the source at once.
  package var eventsPerRound = 300
  /// Members looked up at once for all events of a batch; beyond, rosters are read chunk by chunk.
  package var membersPerRound = 4000
  /// Members of a large roster handled at once.
  package var membersPerSlice = 1000
  /// Updates stored and published at once.
  package var updatesPerSlice = 1000
  /// Bytes of shared content, estimated, stored and published at once.
  package var bytesPerSlice = 8 << 20

  /// The defaults, for live events.
  package init() {}

  /// For replays into a file: fewer and larger transactions write each page of an index fewer times.
  package static let replay: PipelineLimits = {
    var limits = PipelineLimits()
    limits.eventsPerRound = 1000
    limits.membersPerRound = 12_000
    limits.updatesPerSlice = 3000
    return limits
  }()
}
