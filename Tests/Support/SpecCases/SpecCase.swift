import SpecModel

/// One behaviour of the spec: a timeline and its required outcome, whatever store and broker are used.
package struct SpecCase: Sendable, CustomStringConvertible {
  /// The section and the behaviour in words.
  package let name: String
  /// The lines of the timeline, without line ends.
  package let lines: [Line]
  /// Exactly the updates that there must be, in the order of their events and types.
  package let expected: [Expectation]

  init(_ name: String, state: [Line] = base, _ lines: [Line], _ expected: [Expectation] = []) {
    self.name = name
    self.lines = state + lines
    self.expected = expected
  }

  /// The name, which a test run shows.
  package var description: String { name }

  /// Every case, in the order of the spec.
  package static let all: [SpecCase] = [
    identity, header, contents, badIds, usableIds, brokenText, legacy,
    lookups, activeMembers,
    eventTypes, recipients,
    dialogSection, memberSection, messageSection, messageCompletions, statusSection, statusMatrix,
    reactionSection, typingSection, userSection, contextSection,
    output, routingKeys, bodies,
    memberStatistics, messageStatistics, statisticsContents,
    badEvents, timelines, stateLines,
  ].flatMap { $0 }

  /// The section of the spec that the case is about: `§3.1`.
  package var section: String { String(name.prefix { $0 != " " }) }

  /// The numbers of the lines that are bad, counted from 1, with words that the reason must contain.
  package var badLines: [(line: Int, words: [String])] {
    lines.enumerated().compactMap { index, line in
      guard case .bad(let words) = line.fate else { return nil }
      return (index + 1, words)
    }
  }

  /// How many events must be counted as ignored.
  package var ignored: Int {
    lines.count { line in
      guard case .ignored = line.fate else { return false }
      return true
    }
  }
}

/// Collects cases that are written one below the other.
@resultBuilder enum SpecCases {
  static func buildExpression(_ one: SpecCase) -> [SpecCase] { [one] }
  static func buildPartialBlock(first: [SpecCase]) -> [SpecCase] { first }
  static func buildPartialBlock(accumulated: [SpecCase], next: [SpecCase]) -> [SpecCase] {
    accumulated + next
  }
  static func buildArray(_ lists: [[SpecCase]]) -> [SpecCase] { lists.flatMap { $0 } }
}
