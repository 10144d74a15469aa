/// The pauses between tries while a server is away (spec section 7.3): each is a fifth longer than the one before, from
/// the shortest to the longest, and shortened by up to a half at random, so that several workers do not come back at
/// the same moment. So a pause is never much longer than a quarter of the outage so far
/// (docs/decisions/0007-retry-pauses.md).
package struct RetryPause: Sendable {
  private static let growth = 1.2

  private let shortest: Double
  private let longest: Double
  private var upcoming: Double

  /// Starts with the shortest, in seconds; by default from 1 to 30.
  package init(shortest: Double = 1, longest: Double = 30) {
    self.shortest = shortest
    self.longest = longest
    upcoming = shortest
  }

  /// The pause before the next try, never below the shortest; `random` is from 0 up to 1.
  package mutating func next(random: Double) -> Duration {
    let pause = max(shortest, upcoming * (1 - random / 2))
    upcoming = min(longest, upcoming * Self.growth)
    return .seconds(pause)
  }
}
