/// Bounds of the memory and the round trips of a batch.
public struct PipelineLimits: Sendable {
  /// Events taken from the source at once.
  public var eventsPerBatch = 300
  /// Members looked up at once for all events of a batch; beyond, rosters are read chunk by chunk.
  public var membersPerBatch = 4000
  /// Members of a large roster handled at once.
  public var membersPerChunk = 1000
  /// Updates stored and published at once.
  public var updatesPerChunk = 1000
  /// Bytes of shared content, estimated, stored and published at once.
  public var bytesPerChunk = 8 << 20

  /// The defaults, for live events.
  public init() {}

  /// For replays into a file: fewer and larger transactions write each page of an index fewer times.
  public static let replay: PipelineLimits = {
    var limits = PipelineLimits()
    limits.eventsPerBatch = 1000
    limits.membersPerBatch = 12_000
    limits.updatesPerChunk = 3000
    return limits
  }()
}
