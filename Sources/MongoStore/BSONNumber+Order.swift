import BSON

extension BSONNumber {
  /// Whether this number comes before the other in MongoDB's order. Integers and doubles are compared
  /// exactly; NaN comes before all numbers.
  func precedes(_ other: BSONNumber) -> Bool {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): left < right
    case (.double(let left), .double(let right)): left < right || (left.isNaN && !right.isNaN)
    case (.integer(let left), .double(let right)): Self.compare(left, right) < 0
    case (.double(let left), .integer(let right)): Self.compare(right, left) > 0
    }
  }

  /// Negative when the integer is less than the double, positive when it is greater.
  private static func compare(_ integer: Int64, _ double: Double) -> Int {
    if double.isNaN { return 1 }
    if double >= 0x1p63 { return -1 }
    if double < -0x1p63 { return 1 }
    let whole = double.rounded(.down)
    let floor = Int64(whole)
    if integer != floor { return integer < floor ? -1 : 1 }
    return double == whole ? 0 : -1
  }
}

extension BSONWriter {
  /// Appends the number as the integer or the double that it is.
  mutating func append(_ key: String, _ number: BSONNumber) {
    switch number {
    case .integer(let value): append(key, value)
    case .double(let value): append(key, value)
    }
  }
}
