import BSON
import Pipeline
import Support
import Updates

extension DryRun {
  /// The stations that the event takes, who gets what and why, and how that relates to what is stored, in words.
  ///
  /// - Parameter width: The most characters of a line in a list; `nil`: any number.
  func text(width: Int?) -> String {
    var output = ["By the state as it is now:"]
    output += TableLayout.list(
      explanation.steps.map { [$0.name, $0.words] }, [TableColumn(title: ""), TableColumn(title: "")],
      width: nil)
    if !explanation.people.isEmpty {
      output += ["", "Who gets what, and why:"]
      output += TableLayout.list(
        explanation.people.flatMap { explanation.rows(for: $0) },
        [
          TableColumn(title: "", least: 12), TableColumn(title: "", mayGo: true), TableColumn(title: ""),
          TableColumn(title: "", least: 20, cut: .end),
        ], width: width)
      if explanation.hasMoreMembers { output.append("  and more members") }
    }
    output += ["", summary]
    let notable = lines.filter { if case .same = $0.verdict { false } else { true } }
    output += TableLayout.list(
      notable.flatMap(\.rows),
      [
        TableColumn(title: "", least: 12), TableColumn(title: ""), TableColumn(title: ""),
        TableColumn(title: "", least: 20, cut: .end),
      ], width: width)
    return output.map(printable).joined(separator: "\n")
  }
}

extension EventExplanation {
  /// A row for each verdict on somebody.
  fileprivate func rows(for person: Person) -> [[String]] {
    let roles = person.concerned.roles.map(\.words).joined(separator: ", ")
    return verdicts(on: person).map { verdict in
      [
        person.concerned.userId.string, roles, (verdict.getsUpdate ? "" : "no ") + verdict.type.rawValue,
        verdict.why,
      ]
    }
  }
}

extension DryRun.Line {
  /// A row for each field that differs, or one for the update as a whole.
  fileprivate var rows: [[String]] {
    guard case .differs(let differences) = verdict else {
      return [[userId.string, type, verdict.name, ""]]
    }
    return differences.map { difference in
      func text(_ element: BSONElement?) -> String { element.map(\.text) ?? "nothing" }
      return [
        userId.string, type, verdict.name,
        "\(difference.path): \(text(difference.first)) stored, \(text(difference.second)) now",
      ]
    }
  }
}

extension BSONElement {
  /// The value as JSON text.
  fileprivate var text: String {
    var output = BSONWriter()
    output.append("0", valueOf: self)
    let text = JSONWriter.text(output.finish())
    return String(decoding: text.dropFirst(#"{"0":"#.utf8.count).dropLast(), as: UTF8.self)
  }
}
