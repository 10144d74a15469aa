import Foundation
import RabbitBroker

/// Dead letters as a table, one a line.
struct LetterTable {
  private static let longestReason = 80
  private static let longestBody = 60

  private var table = Table(titles: ["N", "AGE", "ROUTING KEY", "REASON", "BODY"])

  /// Prints one more; false when nobody reads any more.
  mutating func add(_ letter: DeadLetterRecord) throws -> Bool {
    try table.add([
      String(letter.number), letter.age ?? "?", letter.routingKey ?? "?",
      Self.cut(letter.reason ?? "?", Self.longestReason),
      // More bytes than are shown, so that the cut is noticed; a character has four at most.
      Self.cut(escaped(Array(letter.body.prefix(Self.longestBody * 4 + 4))), Self.longestBody),
    ])
  }

  /// Prints what is left.
  mutating func finish() throws { _ = try table.flush() }

  private static func cut(_ text: String, _ length: Int) -> String {
    text.count <= length ? text : text.prefix(length - 1) + "…"
  }
}

extension DeadLetterRecord {
  /// How long ago it failed: `12m`; `nil` when it does not say.
  var age: String? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    // What another program wrote there may be no time; `show` has it as it stands.
    guard let failedAt, let date = try? Date(failedAt, strategy: style) else { return nil }
    return Age(seconds: Int(Date().timeIntervalSince(date))).description
  }
}
