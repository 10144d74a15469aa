/// Bounds on the memory and the server round trips that the pipeline takes.
package struct PipelineLimits: Sendable {
  /// Events that are open at once.
  package var openEvents = 500
  /// How many updates a round may hold, from the slowest server to the fastest (``RoundSize``).
  package var updatesPerRound = 50...1000
  /// What a round should take, in milliseconds; `nil` to let each round hold as many updates as it may.
  package var roundMilliseconds: Double? = 40
  /// Bytes of updates, by the size of their documents, that a round may hold. A larger update has a round for itself.
  package var bytesPerRound = 8 << 20
  /// Whether later events of other dialogs pass an event that has more updates than a round holds. Otherwise all updates
  /// come in the order of the events.
  package var letsOthersPass = true

  /// The defaults, for live events.
  package init() {}

  /// For replays into a file, where fewer and larger transactions write each page of an index less often.
  package static let replay: PipelineLimits = {
    var limits = PipelineLimits()
    limits.openEvents = 1000
    limits.updatesPerRound = 3000...3000
    limits.roundMilliseconds = nil
    limits.letsOthersPass = false
    return limits
  }()
}
