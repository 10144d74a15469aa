import Foundation

/// A point in time as people write it: ISO 8601 (`2026-11-21`, `2026-11-21T12:30:00Z`; UTC unless it names an
/// offset), milliseconds since 1970 (`1763551369397.6482`), or how long ago (`2h`, see ``Age``).
package enum Moment: Sendable, Hashable, CustomStringConvertible {
  /// Milliseconds since 1970.
  case at(Double)
  /// So long before now.
  case ago(Age)

  /// A smaller bare number is none of milliseconds, of which these are in 1973, but a year or seconds.
  private static let leastMilliseconds = 1e11
  private static let forms =
    "write a date (2026-11-21), a time (2026-11-21T12:30:00Z), milliseconds since 1970 (1763551369397), or how long ago "
    + "(2h, 30m, 1d)"

  /// Why a text is no time: a sentence with the forms that there are, without the capital at its beginning.
  package struct Mistake: Error, Equatable {
    package let sentence: String
  }

  /// Reads a text.
  ///
  /// - Throws: ``Mistake`` when it is no time.
  package init(_ text: String) throws(Mistake) {
    if let age = Age(text) {
      self = .ago(age)
      return
    }
    if text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }),
      let milliseconds = Double(text)
    {
      guard milliseconds >= Self.leastMilliseconds else {
        throw Mistake(
          sentence: "a bare number is milliseconds since 1970, for which it is too small; \(Self.forms)")
      }
      self = .at(milliseconds)
      return
    }
    guard let milliseconds = Self.iso8601(text) else {
      throw Mistake(sentence: "it is no time; \(Self.forms)")
    }
    self = .at(milliseconds)
  }

  package var description: String {
    switch self {
    case .at(let milliseconds): "\(milliseconds)"
    case .ago(let age): age.description
    }
  }

  /// Milliseconds since 1970.
  package func milliseconds(now: Double) -> Double {
    switch self {
    case .at(let milliseconds): milliseconds
    case .ago(let age): age.ago(from: now)
    }
  }

  private static func iso8601(_ text: String) -> Double? {
    let day = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
    let local = day.time(includingFractionalSeconds: false)
    let fraction = day.time(includingFractionalSeconds: true)
    let hasOffset = text.hasSuffix("Z") || text.dropFirst(10).contains { $0 == "+" || $0 == "-" }
    let styles =
      hasOffset
      ? [
        local.timeZone(separator: .omitted), fraction.timeZone(separator: .omitted),
        local.timeZone(separator: .colon),
        fraction.timeZone(separator: .colon),
      ] : text.contains("T") ? [local, fraction] : text.utf8.count == 10 ? [day] : []
    for style in styles {
      // A text that is not of this style may be of the next.
      if let date = try? style.parse(text) { return date.timeIntervalSince1970 * 1000 }
    }
    return nil
  }
}
