import BSON

/// What the event and the stored message say about the message that a message event is about.
struct MessageBase: Sendable {
  let id: Identifier
  /// `data.message` of the event.
  let carried: BSONDocument?
  /// The stored message; `nil` when the event carries the message itself.
  let stored: BSONDocument?
  /// Who sent it, by the event or else by the stored message. The status matrix and the statistics leave them
  /// out.
  let knownSenderId: Identifier?

  /// Whether the event has the field, and it is not null.
  func carries(_ key: String) -> Bool { carried?.present(key) != nil }
}
