/// A timeline that cannot be read at all, or output that cannot be written.
package struct TimelineError: Error, Equatable, CustomStringConvertible {
  /// One plain sentence with the remedy.
  package let description: String
  /// What cannot go on.
  package let kind: Kind

  /// What cannot go on.
  package enum Kind: Sendable, Equatable {
    /// A timeline is not there or cannot be read.
    case input
    /// Updates cannot be written.
    case output
    /// The reader of our output has gone.
    case brokenPipe
  }

  init(_ description: String, kind: Kind = .input) {
    self.description = description
    self.kind = kind
  }
}
