/// Why a line of a timeline is bad (§1, §8, §9).
public struct BadLine: Error, Equatable, Sendable {
  /// What is wrong, in words.
  public let reason: String

  /// Names what is wrong.
  public init(_ reason: String) {
    self.reason = reason
  }
}
