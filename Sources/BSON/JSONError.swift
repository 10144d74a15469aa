/// Text that is not the JSON this project takes.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The offset in bytes at which reading stopped.
  public let offset: Int
  /// What is wrong there, in words.
  public let reason: String

  /// One plain phrase; the column counts bytes from 1.
  public var description: String { "not valid JSON: \(reason) at column \(offset + 1)" }
}
