/// Text that is not the JSON this project takes.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The offset in bytes at which reading stopped.
  package let offset: Int
  /// What is wrong there, as a phrase for users.
  package let reason: String

  /// One plain phrase; the column counts bytes from 1.
  package var description: String { "not valid JSON: \(reason) at column \(offset + 1)" }
}
