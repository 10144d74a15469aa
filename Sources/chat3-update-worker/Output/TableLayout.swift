/// How wide the columns of a table are. A pure value: widths of cells in, lines out.
///
/// Where a table is wider than the terminal, its columns give way one after the other, from the last to the first: a
/// column is shortened as far as it allows, and left out where that is not enough and it may go, before the one to its
/// left is touched. Room that is left over in the end goes back to those that were shortened, the first of them first.
struct TableLayout {
  private static let gap = 2

  let columns: [TableColumn]
  /// The most characters of a line; `nil`: any number.
  let width: Int?
  /// The longest cell of each column so far.
  private var natural: [Int]

  init(_ columns: [TableColumn], width: Int?) {
    self.columns = columns
    self.width = width
    natural = columns.map(\.title.count)
  }

  /// Takes account of a row.
  mutating func measure(_ row: [String]) {
    for (index, cell) in row.enumerated() where index < natural.count {
      natural[index] = max(natural[index], cell.count)
    }
  }

  /// The width of each column; `nil` for one that is left out.
  var widths: [Int?] {
    var widths: [Int?] = natural
    guard let width else { return widths }
    var excess: Int { Self.total(widths) - width }
    for index in columns.indices.reversed() where excess > 0 {
      let now = natural[index]
      if let least = columns[index].least { widths[index] = max(min(now, least), now - excess) }
      if excess > 0, columns[index].mayGo { widths[index] = nil }
    }
    for index in columns.indices where excess < 0 {
      if let now = widths[index] { widths[index] = min(natural[index], now - excess) }
    }
    return widths
  }

  private static func total(_ widths: [Int?]) -> Int {
    let shown = widths.compactMap { $0 }
    return shown.reduce(0, +) + max(0, shown.count - 1) * gap
  }

  /// A row as a line.
  func line(_ row: [String]) -> String {
    var line = ""
    for (index, width) in widths.enumerated() {
      guard let width, index < row.count else { continue }
      let cell = columns[index].fitted(row[index], to: width)
      line += cell + String(repeating: " ", count: max(0, width - cell.count) + Self.gap)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// A row as a block of lines, each with a title and a value in full; for terminals too narrow for lines.
  func block(_ row: [String]) -> String {
    let titleWidth = columns.map(\.title.count).max() ?? 0
    return zip(columns, row).map { column, cell in
      column.title + String(repeating: " ", count: titleWidth - column.title.count + Self.gap) + cell
    }.joined(separator: "\n")
  }
}
