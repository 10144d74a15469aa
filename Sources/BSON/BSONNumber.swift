/// A number as it was written: an integer keeps all its digits, where a double would round it.
package enum BSONNumber: Sendable, Hashable {
  /// An integer of at most 64 bits.
  case integer(Int64)
  /// Anything else.
  case double(Double)

  /// The nearest double.
  package var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    }
  }

  /// Whether both are the same number, whatever their form.
  package func isEqual(to other: BSONNumber) -> Bool {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.integer(let whole), .double(let value)), (.double(let value), .integer(let whole)):
      Int64(exactly: value) == whole
    }
  }
}
