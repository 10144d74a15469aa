import Updates

// Why somebody got an update of an event or none, in words, the same wherever it is shown.
extension EventReport {
  private static let noMemberThen = "was no active member when the event was handled"

  /// What an explanation says of everybody who got no update of the event's own type.
  func absentees(by explanation: EventExplanation) -> [Absentee] {
    guard let rule = explanation.rule, !explanation.people.isEmpty else { return absentees }
    let known = Dictionary(absentees.map { ($0.userId, $0.reason) }) { first, _ in first }
    return explanation.people.map(\.concerned).filter { !ordinaryRecipients.contains($0.userId) }
      .map { person in
        guard person.ordinary.getsUpdate else {
          return Absentee(userId: person.userId, reason: person.ordinary.words(rule))
        }
        let isDue = "by the state as it is now one is due"
        return Absentee(
          userId: person.userId,
          reason: updates.isEmpty
            ? "\(isDue), and none is stored" : "\(known[person.userId] ?? "none is stored"); \(isDue)")
      }
  }

  /// Without the event itself, only what its type and its updates tell is known.
  func reason(for member: Member) -> String {
    guard let rule = EventType(rawValue: eventType)?.rule else { return Self.noMemberThen }
    let isTyping = rule.recipients == .activeMembersExceptTyping
    if rule.recipients == .subject || rule.recipients == .user {
      return RecipientReason.othersOnly.words(rule)
    }
    if isTyping, member.userId.string == typistId { return RecipientReason.typist.words(rule) }
    if !member.isActive { return RecipientReason.formerMember.words(rule) }
    // Without an update nothing tells who was typing.
    return isTyping && typistId == nil ? "was typing, or \(Self.noMemberThen)" : Self.noMemberThen
  }

  /// Why somebody got one of the updates: by the explanation, or, where the store does not have the event, by the row of
  /// the table.
  package func why(_ line: Line) -> String {
    guard let rule = EventType(rawValue: eventType)?.rule else { return "" }
    let isStatistics = line.type == UpdateType.userStats.rawValue
    guard !concerned.isEmpty else {
      return isStatistics
        ? "their counts may have changed" : "\(eventType) goes to \(rule.recipients.words)"
    }
    let person = concerned[line.recipient]
    if isStatistics, let reason = person?.statistics, reason.getsUpdate { return reason.words }
    if !isStatistics, let reason = person?.ordinary, reason.getsUpdate { return reason.words(rule) }
    return "was due one when the event was handled, and is not by the state as it is now"
  }

  /// What became of the event as a whole, in a sentence.
  package var outcomeWords: String {
    switch outcome {
    case .handled where updates.isEmpty:
      // MongoDB does not tell whether a worker has seen the event, or whether its updates were pruned.
      if dryRun?.explanation.updates.isEmpty == false {
        "No update of it is stored, though some are due by the state as it is now."
      } else if noted.isEmpty {
        "No update of it is stored."
      } else {
        "It made no updates, because nobody was due one."
      }
    case .handled: "Handled."
    case .ignored: "It was ignored: events of this type make no updates."
    case .bad(let reason): "It is a bad event: \(reason)"
    }
  }

  /// What was noted when the event was handled, in a sentence for each time.
  package var notedWords: [String] {
    noted.map { history in
      switch history.outcome {
      case .ignored: return "It was ignored."
      case .bad(let reason): return "It was a bad event: \(reason)"
      case .handled:
        let count = history.updates ?? 0
        return "It made \(count == 0 ? "no updates" : "\(count) update\(count == 1 ? "" : "s")")."
      }
    }
  }
}
