/// Why a timeline cannot be read, or updates cannot be written, in a sentence that names what failed.
package struct TimelineError: Error, Equatable, CustomStringConvertible {
  /// The kind of failure. More codes may be added.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name for logs.
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// A timeline does not exist or cannot be read.
    package static let input = Code(rawValue: "input")
    /// Updates, or the lines of a timeline, cannot be written.
    package static let output = Code(rawValue: "output")
    /// A timeline that is to be made exists already.
    package static let exists = Code(rawValue: "exists")
    /// The reader of the output has gone.
    package static let brokenPipe = Code(rawValue: "broken-pipe")
  }

  package let code: Code
  /// One plain sentence.
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
