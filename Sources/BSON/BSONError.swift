/// Bytes that are no BSON document.
package struct BSONError: Error, Equatable, CustomStringConvertible {
  /// The offset in bytes, from the start of the outermost document, at which reading stopped.
  package let offset: Int
  /// What is wrong there, in words.
  package let reason: String

  /// One plain sentence.
  package var description: String { "not a BSON document: \(reason) at byte \(offset)" }
}
