/// A length of time as people write it: a whole number and a unit, as in `30s`, `15m`, `2h` or `30d`.
package struct Age: Sendable, Hashable, CustomStringConvertible {
  private static let units: [(letter: Character, seconds: Int)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]
  /// A hundred years: enough for everybody, and far from what overflows.
  private static let longest = 36_525 * 86_400

  /// In seconds.
  package let seconds: Int

  /// Takes seconds; never less than none.
  package init(seconds: Int) {
    self.seconds = min(max(seconds, 0), Self.longest)
  }

  /// Reads a text; `nil` when it is no length of time.
  package init?(_ text: String) {
    guard let unit = Self.units.first(where: { $0.letter == text.last }),
      let count = Int(text.dropLast()), count >= 0, text.first?.isNumber == true,
      count <= Self.longest / unit.seconds
    else { return nil }
    seconds = count * unit.seconds
  }

  /// The moment that is so long ago, in milliseconds since 1970.
  package func ago(from now: Double) -> Double { now - Double(seconds) * 1000 }

  /// In the largest unit of which there is one, rounded down: `3d`, `59m`.
  package var description: String {
    let unit = Self.units.first { seconds >= $0.seconds } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.letter)"
  }
}
