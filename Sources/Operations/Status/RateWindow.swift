/// How many events and updates a second there were in about the last minute.
struct RateWindow: Sendable {
  /// Counts since the start of the worker.
  struct Counts: Sendable, Equatable {
    var events = 0
    var stored = 0
    var published = 0
  }

  private static let span = 60.0
  /// Samples are at least so many seconds apart, which bounds how many are kept.
  private static let step = 2.0

  private var samples: [(time: Double, counts: Counts)] = []

  /// Notes the counts at a time in seconds; times ascend.
  mutating func add(_ counts: Counts, at time: Double) {
    if let last = samples.last, time - last.time < Self.step { return }
    samples.append((time, counts))
    // The oldest that is kept is the last one before the window begins.
    while samples.count > 1, samples[1].time <= time - Self.span { samples.removeFirst() }
  }

  /// Per second, from the oldest sample until now.
  func rates(_ counts: Counts, at time: Double) -> (events: Double, stored: Double, published: Double) {
    guard let oldest = samples.first, time > oldest.time else { return (0, 0, 0) }
    let seconds = time - oldest.time
    return (
      Double(counts.events - oldest.counts.events) / seconds,
      Double(counts.stored - oldest.counts.stored) / seconds,
      Double(counts.published - oldest.counts.published) / seconds
    )
  }
}
