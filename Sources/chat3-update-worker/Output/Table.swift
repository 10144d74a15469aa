import Support
import Foundation
import Pipeline

/// Prints rows to standard output as a table, page by page, so that any number of them can be printed.
struct Table {
  /// Rows gathered before they are printed, so that their columns can be aligned.
  private static let page = 500

  private let titles: [String]
  private var rows: [[String]] = []
  private var widths: [Int] = []

  init(titles: [String]) {
    self.titles = titles
  }

  /// Adds a row; false when nobody reads any more.
  mutating func add(_ row: [String]) throws -> Bool {
    rows.append(row.map(printable))
    return rows.count < Self.page ? true : try flush()
  }

  /// Prints what is left; false when nobody reads any more.
  mutating func flush() throws -> Bool {
    guard !rows.isEmpty else { return true }
    if widths.isEmpty { rows.insert(titles, at: 0) }
    for row in rows {
      for (column, text) in row.dropLast().enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], text.count)
      }
    }
    let lines = rows.map { row in
      row.enumerated().map { column, text in
        column < widths.count
          ? text + String(repeating: " ", count: max(0, widths[column] - text.count)) : text
      }.joined(separator: "  ")
    }
    rows = []
    return try writeOutput(Array((lines.joined(separator: "\n") + "\n").utf8))
  }
}

/// Writes to standard output; false when nobody reads any more.
func writeOutput(_ bytes: [UInt8]) throws -> Bool {
  do {
    try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    return true
  } catch {
    if errno == EPIPE { return false }
    throw Failure(.unavailable, "standard output cannot be written: \(error.localizedDescription)")
  }
}
