/// Why a line of a timeline is bad (§1, §8, §9).
package struct BadLine: Error, Equatable, Sendable {
  /// What is wrong, in words.
  package let reason: String

  package init(_ reason: String) {
    self.reason = reason
  }
}
