/// An event that cannot be handled for what it contains (spec sections 1 and 8), never for a failure of a server.
package struct BadEvent: Error, Equatable, CustomStringConvertible {
  /// The field that is wrong, `nil` when it is the event as a whole.
  package let field: String?
  /// What is wrong with it, in words.
  package let reason: String

  /// Blames `field`, as its path in the event (`data.context.dialogId`).
  package init(_ field: String?, _ reason: String) {
    self.field = field
    self.reason = reason
  }

  /// Field and reason in one phrase.
  package var description: String { field.map { "\($0) \(reason)" } ?? reason }
}
