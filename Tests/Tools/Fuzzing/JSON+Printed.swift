import SpecModel

extension JSON {
  /// Whether this value, read from text in JavaScript's format, equals another. JavaScript prints a whole
  /// double from 2^53 on as its shortest digits and zeros, which read as another integer but as the same
  /// double.
  func isPrinted(_ value: JSON) -> Bool {
    switch (self, value) {
    case (.array(let mine), .array(let theirs)):
      return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.isPrinted($1) }
    case (.object(let mine), .object(let theirs)):
      return mine.count == theirs.count
        && mine.allSatisfy { name, value in theirs[name].map(value.isPrinted) ?? false }
    case (.integer(let mine), .double(let theirs)): return Double(mine) == theirs
    default: return sameValue(as: value)
    }
  }
}
