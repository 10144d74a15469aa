/// Bytes that are no BSON document.
public struct BSONError: Error, Equatable, CustomStringConvertible {
  /// The offset in bytes, from the start of the outermost document, at which reading stopped.
  public let offset: Int
  /// What is wrong there, in words.
  public let reason: String

  /// One plain sentence.
  public var description: String { "not a BSON document: \(reason) at byte \(offset)" }
}
