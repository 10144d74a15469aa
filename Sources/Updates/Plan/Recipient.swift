import BSON

/// A user who gets an event's ordinary update.
package struct Recipient: Sendable {
  package let userId: Identifier
  /// The `dialogmembers` record of a recipient from the roster; `nil` for the recipient that the event names.
  let record: BSONDocument?
}
