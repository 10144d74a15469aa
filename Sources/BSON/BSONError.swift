/// Bytes that are not a BSON document.
package struct BSONError: Error, Equatable, CustomStringConvertible {
  /// The offset in bytes, from the start of the outermost document, at which reading stopped.
  package let offset: Int
  /// What is wrong there, as a phrase for users.
  package let reason: String

  package var description: String { "not a BSON document: \(reason) at byte \(offset)" }
}
