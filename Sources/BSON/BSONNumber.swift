/// A number as it was written: an integer keeps all its digits, which a double would round.
package enum BSONNumber: Sendable, Hashable {
  case integer(Int64)
  /// A number that is not an integer of at most 64 bits.
  case double(Double)

  /// The nearest double.
  package var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    }
  }

  /// Compares by value: `1` equals `1.0`.
  package func isEqual(to other: BSONNumber) -> Bool {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.integer(let whole), .double(let value)), (.double(let value), .integer(let whole)):
      Int64(exactly: value) == whole
    }
  }
}
