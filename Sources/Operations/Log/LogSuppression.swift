import Logging

/// Counts lines that come too often instead of having them written. A pure value: lines and times in, decisions out.
///
/// Lines are the same when their level, message, peer and reason are. The first ten within ten seconds are written, the
/// others are counted, and their number is told when the ten seconds are over. Debug and trace are asked for in order to
/// see everything, and are never counted.
struct LogSuppression {
  static let most = 10
  static let period: Duration = .seconds(10)
  /// When so many kinds of lines were seen within a period, the reason of further ones does not count any more: reasons
  /// can quote what others have sent, and must not use up memory.
  static let mostKinds = 200

  /// What lines of one kind have in common.
  struct Kind: Hashable {
    let level: Logger.Level
    let message: String
    let peer: String?
    var reason: String?
  }

  enum Decision: Equatable {
    case write
    /// The first of its period is the moment to see to it that ``due(at:)`` is called when that is over.
    case count(isFirst: Bool)
  }

  private struct Period {
    let start: ContinuousClock.Instant
    var written = 0
    var counted = 0
  }

  private var periods: [Kind: Period] = [:]
  /// No period ends before.
  private var nextEnd: ContinuousClock.Instant?

  /// Decides about a line. What is ``due(at:)`` must have been taken before.
  mutating func decide(_ kind: Kind, at now: ContinuousClock.Instant) -> Decision {
    if kind.level < .info { return .write }
    var kind = kind
    if periods[kind] == nil, periods.count >= Self.mostKinds { kind.reason = nil }
    var period = periods[kind] ?? Period(start: now)
    let isWritten = period.written < Self.most
    if isWritten { period.written += 1 } else { period.counted += 1 }
    periods[kind] = period
    if nextEnd == nil { nextEnd = now + Self.period }
    return isWritten ? .write : .count(isFirst: period.counted == 1)
  }

  /// Ends the periods that are over, and tells which lines were counted in them, and how many.
  mutating func due(at now: ContinuousClock.Instant) -> [(kind: Kind, counted: Int)] {
    guard let nextEnd, nextEnd <= now else { return [] }
    let over = periods.filter { $0.value.start + Self.period <= now }
    for kind in over.keys { periods[kind] = nil }
    self.nextEnd = periods.values.map { $0.start + Self.period }.min()
    return Self.counts(over)
  }

  /// Ends all periods, as ``due(at:)`` does.
  mutating func end() -> [(kind: Kind, counted: Int)] {
    defer {
      periods = [:]
      nextEnd = nil
    }
    return Self.counts(periods)
  }

  private static func counts(_ periods: [Kind: Period]) -> [(kind: Kind, counted: Int)] {
    periods.filter { $0.value.counted > 0 }.sorted { $0.value.start < $1.value.start }
      .map { (kind: $0.key, counted: $0.value.counted) }
  }
}
