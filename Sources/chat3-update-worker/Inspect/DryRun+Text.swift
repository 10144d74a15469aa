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
    output += explanation.stations
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
    output += ["", comparison]
    let notable = lines.filter { if case .same = $0.verdict { false } else { true } }
    output += TableLayout.list(
      notable.flatMap(\.rows),
      [
        TableColumn(title: "", least: 12), TableColumn(title: ""), TableColumn(title: ""),
        TableColumn(title: "", least: 20, cut: .end),
      ], width: width)
    return output.map(printable).joined(separator: "\n")
  }

  /// The sum of the comparison, in a sentence.
  private var comparison: String {
    if lines.isEmpty {
      return isCut
        ? "There are too many updates to compare what it would make now with what is stored."
        : "It would make no updates, and none are stored."
    }
    let names = ["same", "differs", "missing", "unexpected"]
    let counts = names.map { (name: $0, count: count($0)) }.filter { $0.count > 0 }
    let sum = counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    let end = isCut ? "; there are more updates, which were not compared" : ""
    return "Handled again now, compared with what is stored: \(sum)\(end)."
  }
}

extension EventExplanation {
  /// A line for each station that the event takes.
  fileprivate var stations: [String] {
    var rows: [[String]] = [["decoded", eventType.map { "as \($0)" } ?? "not, because it names no type"]]
    if let location { rows.append(["located", location.words]) }
    for lookUp in lookUps {
      rows.append(["looked up", "\(lookUp.collection) \(lookUp.key): \(lookUp.found) found"])
    }
    switch outcome {
    case .ignored: rows.append(["ignored", "events of this type make no updates"])
    case .bad(let error): rows.append(["bad", "\(error)"])
    case .planned:
      if let rule { rows.append(["planned", rule.words]) }
      let made = counts.map { "\($0.count) \($0.type.rawValue)" }.joined(separator: ", ")
      rows.append(["made", made.isEmpty ? "nothing" : made])
    }
    return TableLayout.list(rows, [TableColumn(title: ""), TableColumn(title: "")], width: nil)
  }

  /// A row for the event's own update of somebody, and one for their statistics if events of this type derive any.
  fileprivate func rows(for person: Person) -> [[String]] {
    guard let rule else { return [] }
    let concerned = person.concerned
    let roles = concerned.roles.map(\.words).joined(separator: ", ")
    func row(_ type: UpdateType, _ gets: Bool, _ reason: String) -> [String] {
      [concerned.userId.string, roles, (gets ? "" : "no ") + type.rawValue, reason]
    }
    var rows = [row(rule.updateType, concerned.ordinary.getsUpdate, concerned.ordinary.words(rule))]
    if concerned.statistics != .noneDerived {
      rows.append(row(.userStats, concerned.statistics.getsUpdate, concerned.statistics.words))
    }
    return rows
  }
}

extension Concerned.Role {
  fileprivate var words: String {
    switch self {
    case .member: "member"
    case .formerMember: "former member"
    case .subject: "subject"
    case .typist: "typist"
    case .sender: "sender"
    case .user: "user"
    }
  }
}

extension Location {
  fileprivate var words: String {
    var parts: [String] = []
    func add(_ name: String, _ named: NamedId?) {
      if let named { parts.append("\(name) \(named.id) by \(named.field.rawValue)") }
    }
    add("dialog", dialog)
    add("message", message)
    if message != nil, !carriesMessage { parts.append("the message as it is stored") }
    add("typist", typist)
    add("user", user)
    if let subjectId { parts.append("member \(subjectId)") }
    if let senderId { parts.append("sender \(senderId)") }
    return parts.joined(separator: ", ")
  }
}

extension Rule {
  fileprivate var words: String {
    let names = sections.map(\.name).joined(separator: ", ")
    let derived = statistics.map { "; statistics for \($0.words)" } ?? ""
    return "\(updateType.rawValue) with \(names) for \(recipients.words)\(derived)"
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
