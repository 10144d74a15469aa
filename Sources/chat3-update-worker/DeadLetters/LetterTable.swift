import Foundation
import Pipeline
import RabbitBroker

/// Dead letters as a table, one a line.
struct LetterTable {
  /// On a terminal a body is cut after so many characters.
  private static let longestBody = 500

  private let form: Table.Form
  private var table: Table

  init(form: Table.Form = .ofStandardOutput) {
    self.form = form
    table = Table(
      [
        TableColumn(title: "N"), TableColumn(title: "AGE"), TableColumn(title: "ROUTING KEY", least: 16),
        TableColumn(title: "REASON", least: 24, cut: .end),
        TableColumn(title: "BODY", least: 10, mayGo: true, cut: .end),
      ], form: form)
  }

  /// Prints one more; false when nobody reads any more.
  mutating func add(_ letter: DeadLetterRecord) throws -> Bool {
    try table.add([
      String(letter.number), letter.age ?? "?", letter.routingKey ?? "?", letter.reason ?? "?",
      body(of: letter),
    ])
  }

  /// Prints what is left.
  mutating func finish() throws { _ = try table.flush() }

  private func body(of letter: DeadLetterRecord) -> String {
    if form == .tabSeparated { return escaped(letter.body) }
    // More bytes than are shown, so that the cut is noticed; a character has four at most.
    let text = escaped(Array(letter.body.prefix(Self.longestBody * 4 + 4)))
    return text.count <= Self.longestBody ? text : text.prefix(Self.longestBody - 1) + "…"
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
