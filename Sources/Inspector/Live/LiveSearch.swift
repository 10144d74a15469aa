import Pipeline

/// The search of the live page, which shows what comes from now on: terms about times are mistakes in it.
struct LiveSearch: Sendable {
  let text: String
  let pieces: [SearchLine.Piece]
  let query: UpdateQuery

  /// What is wrong, in sentences.
  var mistakes: [String] { pieces.compactMap(\.mistake) }

  init(_ line: SearchLine) {
    (text, query) = (line.text, line.query)
    var terms = line.terms[...]
    pieces = line.pieces.map { piece in
      guard piece.mistake == nil, let term = terms.popFirst(), Self.isAboutTime(term) else { return piece }
      return SearchLine.Piece(
        text: piece.text,
        mistake:
          "\(term.field.rawValue): does not go with the live page, which shows what comes from now on; "
          + "leave it out, or search for what is stored already.")
    }
  }

  /// The terms of a line that the live page takes, as a line.
  static func text(of line: SearchLine) -> String {
    let terms = line.terms.filter { !isAboutTime($0) }
    return terms.count == line.terms.count ? line.text : SearchLine.text(of: terms)
  }

  private static func isAboutTime(_ term: SearchTerm) -> Bool {
    term.field == .after || term.field == .before
  }
}
