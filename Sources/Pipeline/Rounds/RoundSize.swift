/// How many updates a round may hold. It follows what the last rounds took, so that a slow server gets small rounds,
/// between which others are handled, and a fast one large ones.
package struct RoundSize: Sendable {
  /// The first size, with which nobody waits long for a slow server.
  private static let start = 200

  /// How many times as long a round may take while much is waiting.
  private static let crowdedFactor = 3.0

  private let bounds: ClosedRange<Int>
  /// What a round should take, in milliseconds; `nil` if that does not matter.
  private let aim: Double?
  package private(set) var updates: Int

  package init(_ limits: PipelineLimits) {
    bounds = limits.updatesPerRound
    aim = limits.roundMilliseconds
    updates = aim == nil ? bounds.upperBound : min(bounds.upperBound, max(bounds.lowerBound, Self.start))
  }

  /// Notes a round.
  ///
  /// - Parameters:
  ///   - count: How many updates it had.
  ///   - milliseconds: The time from one round to the next.
  ///   - isCrowded: Whether what waits needs many rounds more. Whoever is last then waits for all of them anyway, and large
  ///     rounds, which need fewer round trips, get there sooner.
  package mutating func note(_ count: Int, took milliseconds: Double, isCrowded: Bool = false) {
    guard var aim, milliseconds > 0 else { return }
    if isCrowded { aim *= Self.crowdedFactor }
    if milliseconds > 1.25 * aim, 2 * count > updates {
      updates = max(bounds.lowerBound, Int(Double(updates) * max(0.5, aim / milliseconds)))
    } else if milliseconds < 0.8 * aim, 4 * count > 3 * updates {
      updates = min(bounds.upperBound, Int(Double(updates) * min(2, aim / milliseconds)))
    }
  }
}
