/// A number that compares by its mathematical value, whatever its kind.
package enum Number: Comparable, Sendable {
  case integer(Int64)
  case double(Double)

  /// Equal if neither is less. No double here is NaN.
  package static func == (left: Number, right: Number) -> Bool {
    !(left < right) && !(right < left)
  }

  /// Compares exactly, without rounding the integer to a double.
  package static func < (left: Number, right: Number) -> Bool {
    switch (left, right) {
    case (.integer(let a), .integer(let b)): a < b
    case (.double(let a), .double(let b)): a < b
    case (.integer(let a), .double(let b)): isLess(a, b)
    case (.double(let a), .integer(let b)): isLess(a, b)
    }
  }

  private static let twoTo63 = 9_223_372_036_854_775_808.0

  private static func isLess(_ a: Int64, _ b: Double) -> Bool {
    if b >= twoTo63 { return true }
    if b < -twoTo63 { return false }
    let floor = b.rounded(.down)
    return a < Int64(floor) || (a == Int64(floor) && floor < b)
  }

  private static func isLess(_ a: Double, _ b: Int64) -> Bool {
    if a >= twoTo63 { return false }
    if a < -twoTo63 { return true }
    return Int64(a.rounded(.down)) < b
  }
}
