/// The pauses between tries while a server is away (spec section 7.3): they double from one second to thirty, and each
/// is shortened by up to a half at random, so that several workers do not come back at the same moment.
public struct RetryPause: Sendable {
  /// The first pause before it is shortened, in seconds.
  public static let shortest = 1.0
  /// The longest, in seconds.
  public static let longest = 30.0

  private var upcoming = shortest

  /// Starts with the shortest.
  public init() {}

  /// The pause before the next try; `random` is from 0 up to 1.
  public mutating func next(random: Double) -> Duration {
    let pause = max(Self.shortest, upcoming * (1 - random / 2))
    upcoming = min(Self.longest, upcoming * 2)
    return .seconds(pause)
  }
}
