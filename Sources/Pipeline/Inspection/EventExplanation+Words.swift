package import Updates

// An explanation in words, the same wherever it is shown.
extension EventExplanation {
  /// A station that the event takes, and what it found out there.
  package struct Step: Sendable, Equatable {
    package let name: String
    package let words: String
  }

  /// Whether somebody gets an update of a type, and why.
  package struct Verdict: Sendable, Equatable {
    package let type: UpdateType
    package let getsUpdate: Bool
    /// Words that follow the person's name, or stand for themselves.
    package let why: String
  }

  /// The stations that the event takes, in their order.
  package var steps: [Step] {
    var steps = [
      Step(name: "decoded", words: eventType.map { "as \($0)" } ?? "not, because it names no type")
    ]
    if let location { steps.append(Step(name: "located", words: location.words)) }
    for lookUp in lookUps {
      steps.append(
        Step(name: "looked up", words: "\(lookUp.collection) \(lookUp.key): \(lookUp.found) found"))
    }
    switch outcome {
    case .ignored: steps.append(Step(name: "ignored", words: "events of this type make no updates"))
    case .bad(let error): steps.append(Step(name: "bad", words: "\(error)"))
    case .planned:
      if let rule { steps.append(Step(name: "planned", words: rule.words)) }
      let made = counts.map { "\($0.count) \($0.type.rawValue)" }.joined(separator: ", ")
      steps.append(Step(name: "made", words: made.isEmpty ? "nothing" : made))
    }
    return steps
  }

  /// What is decided of somebody: whether they get the event's own update, and their statistics if events of this type
  /// derive any.
  package func verdicts(on person: Person) -> [Verdict] {
    guard let rule else { return [] }
    let (ordinary, statistics) = (person.concerned.ordinary, person.concerned.statistics)
    var verdicts = [
      Verdict(type: rule.updateType, getsUpdate: ordinary.getsUpdate, why: ordinary.words(rule))
    ]
    if statistics != .noneDerived {
      verdicts.append(Verdict(type: .userStats, getsUpdate: statistics.getsUpdate, why: statistics.words))
    }
    return verdicts
  }
}

extension DryRun {
  /// How many updates there are of each verdict, in a sentence.
  package var summary: String {
    if lines.isEmpty {
      return isCut
        ? "There are too many updates to compare what it would make now with what is stored."
        : "It would make no updates, and none are stored."
    }
    let counts = ["same", "differs", "missing", "unexpected"].map { (name: $0, count: count($0)) }
    let sum = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    let end = isCut ? "; there are more updates, which were not compared" : ""
    return "Handled again now, compared with what is stored: \(sum)\(end)."
  }
}

extension Concerned.Role {
  package var words: String {
    switch self {
    case .formerMember: "former member"
    case .member, .subject, .typist, .sender, .user: rawValue
    }
  }
}

extension Location {
  /// What the event is about, and what says so.
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
  /// The row of the table.
  fileprivate var words: String {
    let names = sections.map(\.name).joined(separator: ", ")
    let derived = statistics.map { "; statistics for \($0.words)" } ?? ""
    return "\(updateType.rawValue) with \(names) for \(recipients.words)\(derived)"
  }
}
