/// What an event is about, and what says so (spec section 3.1).
package struct Location: Sendable {
  package let dialog: NamedId?
  package let message: NamedId?
  /// Whether the event carries the message itself; otherwise the stored one is shown.
  package let carriesMessage: Bool
  /// Who sent the message, by the event or else by the stored message.
  package let senderId: Identifier?
  /// The message's place among those of its dialog, where the statistics depend on it.
  package let position: MessagePosition?
  /// The member whom the event is about.
  package let subjectId: Identifier?
  package let typist: NamedId?
  /// The recipient of a user event.
  package let user: NamedId?
}

extension LocatedEvent {
  package var location: Location {
    let rule = event.type.rule
    return Location(
      dialog: dialog.flatMap { dialog in dialogField.map { NamedId(dialog.id, $0) } },
      message: message?.named, carriesMessage: event.carriesMessage, senderId: message?.knownSenderId,
      position: message?.position,
      subjectId: rule.sections.contains(.subjectMember) ? event.memberUserId : nil, typist: typist, user: user
    )
  }
}
