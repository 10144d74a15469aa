package import Pipeline
import Updates

/// A search line: terms such as `user:maria tenant:tnt_a !type:MessageUpdate after:2h`, of which an update has to meet
/// all. Ids with spaces stand in quotes, in which `\"` and `\\` stand for a quote and a backslash.
package struct SearchLine: Sendable {
  /// A piece of the line, as it was written.
  struct Piece: Sendable, Equatable {
    /// With the blanks that follow it.
    let text: String
    /// What is wrong with it, in a sentence.
    let mistake: String?
  }

  /// More is not read.
  static let longest = 4096

  let text: String
  let terms: [SearchTerm]
  /// The whole line, cut where a term ends.
  let pieces: [Piece]
  /// What the terms without a mistake ask for.
  package let query: UpdateQuery

  /// What is wrong, in sentences.
  package var mistakes: [String] { pieces.compactMap(\.mistake) }

  /// - Parameter now: In milliseconds since 1970; `after:2h` counts from there.
  package init(_ text: String, now: Double) {
    self.text = text
    guard text.utf8.count <= Self.longest else {
      terms = []
      pieces = [
        Piece(
          text: String(text.prefix(60)) + "…",
          mistake: "The search is \(text.utf8.count) bytes long; \(Self.longest) are read.")
      ]
      query = UpdateQuery()
      return
    }
    var reader = SearchReader(text)
    var builder = SearchQueryBuilder(now: now)
    var terms: [SearchTerm] = []
    var pieces: [Piece] = []
    while let read = reader.next() {
      var mistake: String?
      switch read.result {
      case .success(let term):
        mistake = builder.add(term)
        if mistake == nil { terms.append(term) }
      case .failure(let failure): mistake = failure.sentence
      }
      pieces.append(Piece(text: read.text, mistake: mistake))
    }
    self.terms = terms
    self.pieces = pieces
    query = builder.query
  }

  /// A line of these terms.
  static func text(of terms: [SearchTerm]) -> String { terms.map(\.text).joined(separator: " ") }
}

/// Cuts a line into terms.
private struct SearchReader {
  struct Failure: Error {
    let sentence: String
  }

  private var rest: Substring.UnicodeScalarView

  init(_ text: String) {
    rest = Substring(text).unicodeScalars.drop(while: isBlank)
  }

  /// The next term, and the text that it was read from; `nil` at the end.
  mutating func next() -> (text: String, result: Result<SearchTerm, Failure>)? {
    guard !rest.isEmpty else { return nil }
    let start = rest
    let result: Result<SearchTerm, Failure>
    do throws(Failure) {
      result = .success(try term())
    } catch {
      result = .failure(error)
    }
    rest = rest.drop(while: isBlank)
    return (String(start[..<rest.startIndex]), result)
  }

  private mutating func term() throws(Failure) -> SearchTerm {
    let isNegated = rest.first == "!"
    if isNegated { rest.removeFirst() }
    let name = String(rest.prefix { $0 != ":" && !isBlank($0) })
    rest = rest.dropFirst(name.unicodeScalars.count)
    guard rest.first == ":" else {
      throw Failure(
        sentence:
          "\"\(name)\" is no term: write what it is, a colon and the value, such as user:\(name.prefix(20)).")
    }
    rest.removeFirst()
    let value = try value(of: name)
    guard let field = SearchField(rawValue: name.lowercased()) else {
      let names = SearchField.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(sentence: "\"\(name)\" is none of the terms, which are \(names).")
    }
    if value.isEmpty { throw Failure(sentence: "\(name): has no value; write for example \(field.example).") }
    if isNegated, !field.canBeNegated {
      throw Failure(
        sentence: "! does not go with \(name):; use \(field == .after ? "before" : "after"): instead.")
    }
    return SearchTerm(field, value, isNegated: isNegated)
  }

  private mutating func value(of name: String) throws(Failure) -> String {
    guard rest.first == "\"" else {
      let value = String(rest.prefix { !isBlank($0) })
      rest = rest.dropFirst(value.unicodeScalars.count)
      return value
    }
    rest.removeFirst()
    var value = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"": return String(value)
      case "\\":
        if let escaped = rest.popFirst() { value.append(escaped) }
      default: value.append(scalar)
      }
    }
    throw Failure(sentence: "The quotes of \(name): are not closed; write \(name):\"…\".")
  }
}
