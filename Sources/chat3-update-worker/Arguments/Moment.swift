import ArgumentParser
import Foundation

/// A point in time as the command line has it: ISO 8601 (`2026-11-21`, `2026-11-21T12:30:00Z`; UTC unless it names an
/// offset), milliseconds since 1970 (`1763551369397.6482`), or how long ago (`2h`, see ``Age``).
enum Moment: ExpressibleByArgument, Sendable, Hashable {
  /// Milliseconds since 1970.
  case at(Double)
  /// So long before now.
  case ago(Age)

  init?(argument: String) {
    if let age = Age(argument: argument) {
      self = .ago(age)
    } else if argument.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }),
      let milliseconds = Double(argument)
    {
      self = .at(milliseconds)
    } else if let milliseconds = Self.iso8601(argument) {
      self = .at(milliseconds)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
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
      ] : text.contains("T") ? [local, fraction] : [day]
    for style in styles {
      // A text that is not of this style may be of the next.
      if let date = try? style.parse(text) { return date.timeIntervalSince1970 * 1000 }
    }
    return nil
  }
}
