/// The pauses between attempts while a server is down (spec section 7.3). Each is a fifth longer than the one
/// before, from the shortest to the longest, and is shortened at random by up to a half, so that several
/// workers do not come back at the same moment. A pause is therefore never much longer than a quarter of the
/// outage so far (docs/decisions/0007-retry-pauses.md).
package struct RetryPause: Sendable {
  private static let growth = 1.2

  private let shortest: Double
  private let longest: Double
  private var upcoming: Double

  /// The shortest and the longest pause, in seconds.
  package init(shortest: Double = 1, longest: Double = 30) {
    self.shortest = shortest
    self.longest = longest
    upcoming = shortest
  }

  /// The pause before the next attempt, never shorter than the shortest. `random` is at least 0 and less than
  /// 1.
  package mutating func next(random: Double) -> Duration {
    let pause = max(shortest, upcoming * (1 - random / 2))
    upcoming = min(longest, upcoming * Self.growth)
    return .seconds(pause)
  }
}
