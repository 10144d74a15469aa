import Foundation

/// The seeds that tests with random input run with.
package enum RandomSeeds {
  private static let factor = ProcessInfo.processInfo.environment["TEST_SEEDS"].flatMap(Int.init) ?? 1

  /// The seeds from the first one on: `count`, or as many times that as `TEST_SEEDS` says.
  package static func from(_ first: Int, count: Int) -> Range<Int> { first..<first + count * max(1, factor) }
}
