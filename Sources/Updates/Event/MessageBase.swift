import BSON

/// The message of a message event as far as the event and the stored message give it.
struct MessageBase: Sendable {
  let id: Identifier
  /// `data.message` of the event.
  let carried: BSONDocument?
  /// The stored message, where the event does not carry it.
  let stored: BSONDocument?
  /// Who sent it, as the event says or else the stored message: the status matrix and the statistics leave him out.
  let knownSenderId: Identifier?

  /// Whether the event is not silent about the field.
  func carries(_ key: String) -> Bool { carried?.present(key) != nil }
}
