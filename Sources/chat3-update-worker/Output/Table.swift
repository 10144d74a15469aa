import Foundation
import Support

/// Prints rows to standard output as a table; any number of them can be printed.
///
/// On a terminal the rows are gathered in pages, so that their columns can be aligned, and the lines fit its width; below
/// ``narrow`` columns each row is a block of lines. Anywhere else the cells are complete and separated by tabs, and each
/// row is printed at once, for other programs.
struct Table {
  /// What a table looks like.
  enum Form: Equatable {
    case tabSeparated
    case lines(width: Int)
    case blocks

    /// What suits standard output.
    static var ofStandardOutput: Form {
      guard isatty(STDOUT_FILENO) == 1 else { return .tabSeparated }
      let width = terminalWidth ?? narrow
      return width < narrow ? .blocks : .lines(width: width)
    }
  }

  /// Terminals of fewer columns get blocks.
  private static let narrow = 80
  /// Rows gathered before they are printed, so that their columns can be aligned.
  private static let page = 500

  private let form: Form
  private var layout: TableLayout
  private var rows: [[String]] = []
  private var hasTitles = false

  init(_ columns: [TableColumn], form: Form = .ofStandardOutput) {
    self.form = form
    layout = TableLayout(columns, width: form.width)
  }

  /// Adds a row; false when nobody reads any more.
  mutating func add(_ row: [String]) throws -> Bool {
    let row = row.map(printable)
    layout.measure(row)
    rows.append(row)
    return rows.count < (form == .tabSeparated ? 1 : Self.page) ? true : try flush()
  }

  /// Prints what is left; false when nobody reads any more.
  mutating func flush() throws -> Bool {
    rows.isEmpty ? true : try writeOutput(Array(text().utf8))
  }

  /// The rows that have not been printed yet, below the titles where they are the first.
  mutating func text() -> String {
    defer { rows = [] }
    let titles = hasTitles ? [] : [layout.columns.map(\.title)]
    hasTitles = true
    switch form {
    case .tabSeparated: return (titles + rows).map { $0.joined(separator: "\t") + "\n" }.joined()
    case .lines: return (titles + rows).map { layout.line($0) + "\n" }.joined()
    case .blocks: return rows.map { layout.block($0) + "\n\n" }.joined()
    }
  }

  /// The columns of the terminal on standard output; `nil` where there is none, or it does not say.
  static var terminalWidth: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

extension Table.Form {
  /// The most characters of a line; `nil`: any number.
  fileprivate var width: Int? { if case .lines(let width) = self { width } else { nil } }
}
