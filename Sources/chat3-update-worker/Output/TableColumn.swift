/// A column of a table, and how it gives way where the table is wider than the terminal.
struct TableColumn: Sendable {
  /// Where a cell that is too long loses its text.
  enum Cut: Sendable {
    /// Ids, which are told apart by both of their ends.
    case middle
    /// Prose.
    case end
  }

  let title: String
  /// The width below which it is not shortened, in characters; `nil`: it is never shortened.
  var least: Int?
  /// Whether it is left out where its least width is still too much.
  var mayGo = false
  var cut = Cut.middle

  /// A cell of this column in at most `width` characters.
  func fitted(_ text: String, to width: Int) -> String {
    if text.count <= width { return text }
    if width <= 1 { return String(text.prefix(width)) }
    switch cut {
    case .end: return text.prefix(width - 1) + "…"
    case .middle: return text.prefix(width / 2) + "…" + text.suffix(width - width / 2 - 1)
    }
  }
}
