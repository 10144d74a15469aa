import BSON
import Testing

@testable import MongoStore

@Suite("Numbers in MongoDB's order")
struct NumberOrderTests {
  /// Each is smaller than the next.
  private static let ascending: [BSONNumber] = [
    .double(.nan), .double(-.infinity), .double(-0x1p63 * 2), .integer(.min), .integer(-1), .double(-0.5),
    .integer(0),
    .double(0.5), .integer(1), .integer(9_007_199_254_740_992), .integer(9_007_199_254_740_993),
    .double(9_007_199_254_740_994), .integer(.max), .double(0x1p63), .double(.infinity),
  ]

  @Test("integers and doubles compare exactly")
  func order() {
    for (left, one) in Self.ascending.enumerated() {
      for (right, other) in Self.ascending.enumerated() {
        #expect(one.precedes(other) == (left < right), "\(one), \(other)")
      }
    }
  }

  @Test("equal numbers of different types are equal")
  func equal() {
    for (one, other) in [(BSONNumber.integer(5), BSONNumber.double(5)), (.integer(.min), .double(-0x1p63))] {
      #expect(!one.precedes(other) && !other.precedes(one))
    }
  }
}
