/// Why an event cannot be handled (spec sections 1 and 8). The fault is always in the event itself, never in
/// a server.
package struct BadEvent: Error, Equatable, CustomStringConvertible {
  /// The path of the field that is wrong (`data.context.dialogId`), `nil` when the event as a whole is.
  package let field: String?
  /// What is wrong with it, as a phrase that follows the path.
  package let reason: String

  package init(_ field: String?, _ reason: String) {
    self.field = field
    self.reason = reason
  }

  package var description: String { field.map { "\($0) \(reason)" } ?? reason }
}
