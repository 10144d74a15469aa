/// The outcome of a line of a timeline.
package enum LineOutcome: Sendable {
  /// An empty line or a comment.
  case skipped
  /// A state line, applied.
  case state
  /// An event of a type that makes no update.
  case ignored(eventType: String)
  /// A bad line, which changed nothing.
  case bad(reason: String)
  /// The updates of an event in order: the ordinary ones, then the derived ones.
  case updates([ExpectedUpdate])
}
