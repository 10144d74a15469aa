import BSON

/// Who gets an update.
package struct Recipient: Sendable {
  /// The user.
  package let userId: Identifier
  /// The `dialogmembers` record, where the membership is why.
  let record: BSONDocument?
}
