import ArgumentParser
import Foundation

/// A point in time as the command line has it: ISO 8601 (`2026-11-21`, `2026-11-21T12:30:00Z`; UTC unless it names an
/// offset), milliseconds since 1970 (`1763551369397.6482`), or how long ago (`2h`, see ``Age``).
enum Moment: Sendable, Hashable, CustomStringConvertible {
  /// Milliseconds since 1970.
  case at(Double)
  /// So long before now.
  case ago(Age)

  /// A smaller bare number is none of milliseconds, of which these are in 1973, but a year or seconds.
  private static let leastMilliseconds = 1e11
  private static let forms =
    "write a date (2026-11-21), a time (2026-11-21T12:30:00Z), milliseconds since 1970 (1763551369397), or how long ago "
    + "(2h, 30m, 1d)"

  /// Reads the value of an option.
  ///
  /// - Throws: `ValidationError` with the forms that there are.
  static func parse(_ argument: String) throws -> Moment {
    if let age = Age(argument: argument) { return .ago(age) }
    if argument.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }),
      let milliseconds = Double(argument)
    {
      guard milliseconds >= leastMilliseconds else {
        throw ValidationError("a bare number is milliseconds since 1970, for which it is too small; \(forms)")
      }
      return .at(milliseconds)
    }
    guard let milliseconds = iso8601(argument) else { throw ValidationError("it is no time; \(forms)") }
    return .at(milliseconds)
  }

  var description: String {
    switch self {
    case .at(let milliseconds): "\(milliseconds)"
    case .ago(let age): age.description
    }
  }

  /// Milliseconds since 1970.
  func milliseconds(now: Double) -> Double {
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
