/// Why an event cannot be handled (spec sections 1 and 8). The fault is always in the event itself, never in
/// a server.
package struct BadEvent: Error, Equatable, CustomStringConvertible {
  /// What is wrong with an event, as metrics name it.
  package enum Code: String, Sendable, CaseIterable {
    /// The text is not a JSON object, or the source could not read it.
    case unreadable
    /// A field that the event needs is missing, and nothing else tells its value.
    case missing
    /// A field has a value that it cannot have.
    case invalid
    /// The event names a message or a dialog that is not stored.
    case unknown
    /// Two parts of the event contradict each other.
    case contradiction
    /// The database refuses the updates because of what the event contains.
    case unstorable
    /// Anything else, such as what an earlier replay has noted.
    case other
  }

  /// The path of the field that is wrong (`data.context.dialogId`), `nil` when the event as a whole is.
  package let field: String?
  /// What is wrong with it, as a phrase that follows the path.
  package let reason: String
  package let code: Code

  package init(_ field: String?, _ reason: String, _ code: Code) {
    self.field = field
    self.reason = reason
    self.code = code
  }

  package var description: String { field.map { "\($0) \(reason)" } ?? reason }
}
