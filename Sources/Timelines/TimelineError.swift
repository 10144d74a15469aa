/// A timeline that cannot be read at all, or output that cannot be written.
public struct TimelineError: Error, Equatable, CustomStringConvertible {
  /// One plain sentence with the remedy.
  public let description: String
  /// Whether the reader of our output has gone, which is no fault to report.
  public let isBrokenPipe: Bool

  init(_ description: String, isBrokenPipe: Bool = false) {
    self.description = description
    self.isBrokenPipe = isBrokenPipe
  }
}
