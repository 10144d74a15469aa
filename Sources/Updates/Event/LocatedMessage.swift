import BSON

/// The message that a message event is about, by what the event and the stored message say of it.
final class LocatedMessage: Sendable {
  let named: NamedId
  /// The dialog, which the message is shown in whatever it says itself.
  let dialog: EntityKey
  /// `data.message` of the event. Its fields win over the stored ones.
  let carried: BSONDocument?
  /// The stored message; `nil` when the event carries the message itself.
  let stored: BSONDocument?
  /// Who is shown as the sender: a message that the event carries is not completed with a sender.
  let senderId: Identifier?
  /// Who sent it, by the event or else by the stored message. The status matrix and the statistics leave them
  /// out.
  let knownSenderId: Identifier?
  /// For `message.create`, the message's place in its dialog: later messages are newer. `nil` when nothing tells its
  /// time.
  let position: MessagePosition?

  var id: Identifier { named.id }

  /// Whether the event has the field, and it is not null.
  func carries(_ key: String) -> Bool { carried?.present(key) != nil }

  /// - Parameter stored: The stored message, of which an event that carries the message itself uses only the sender and
  ///   the time.
  init(_ named: NamedId, of event: Event, in dialog: EntityKey, stored: BSONDocument?) {
    self.named = named
    self.dialog = dialog
    carried = event.message
    self.stored = event.carriesMessage ? nil : stored
    let storedSender = stored?.present("senderId")?.string.map(Identifier.init)
    knownSenderId = event.senderId ?? storedSender
    senderId = event.carriesMessage ? event.senderId : knownSenderId
    position = event.type == .messageCreate ? Self.position(named.id, in: dialog, event, stored) : nil
  }

  /// The message's place among those of its dialog (spec section 6).
  private static func position(
    _ messageId: Identifier, in dialog: EntityKey, _ event: Event, _ stored: BSONDocument?
  ) -> MessagePosition? {
    if let time = stored?["createdAt"]?.exactNumber {
      return MessagePosition(dialog: dialog, createdAt: time, messageId: messageId)
    }
    return (event.message?["createdAt"]?.exactNumber ?? event.createdAt?.exactNumber).map {
      MessagePosition(dialog: dialog, createdAt: $0, messageId: nil)
    }
  }
}
