package import BSON

/// An event whose dialog and message are known. It says what has to be looked up before its recipients are known
/// (``addNeeds(to:)-(EventNeeds)``), and what all of them share needs besides (``addNeeds(to:)-(ProfileNeeds)``).
package final class LocatedEvent: Sendable {
  package let event: Event
  /// The dialog, for dialog and message events.
  package let dialog: EntityKey?
  /// What names the dialog.
  let dialogField: NamingField?
  /// The message, for message events.
  let message: LocatedMessage?
  /// Who is typing, for typing events.
  let typist: NamedId?
  /// The recipient of a user event.
  let user: NamedId?
  /// The sections that all recipients share, in their order.
  let sections: [any SharedSection]
  /// Who gets ordinary updates.
  package let recipients: Recipients

  init(_ event: Event, stored: BSONDocument?) throws(BadEvent) {
    self.event = event
    let rule = event.type.rule
    user = rule.recipients == .user ? try Self.user(of: event) : nil
    typist = rule.sections.contains(.typing) ? try Self.typist(of: event) : nil
    if rule.sections.contains(.dialog) {
      let named = try Self.dialog(of: event, stored: stored)
      let dialog = EntityKey(tenantId: event.tenantId, id: named.id)
      self.dialog = dialog
      dialogField = named.field
      message = event.namedMessage.map { LocatedMessage($0, of: event, in: dialog, stored: stored) }
    } else {
      (dialog, dialogField, message) = (nil, nil, nil)
    }
    sections = Self.sections(of: event, dialog: dialog, message: message, typist: typist, user: user)
    recipients = Recipients(of: event, dialog: dialog, typist: typist, user: user)
  }

  /// The dialog that the event or the stored message names. Both must agree: nobody may be shown a message of a dialog
  /// that they are not in.
  private static func dialog(of event: Event, stored: BSONDocument?) throws(BadEvent) -> NamedId {
    if let message = event.namedMessage, !event.carriesMessage, stored == nil {
      throw BadEvent(
        "data.message", "is missing, and no stored message has the messageId \(message.id.string)", .unknown)
    }
    let storedDialogId = try stored?.present("dialogId").map { element throws(BadEvent) in
      try Identifier(element, field: NamingField.storedMessage.rawValue)
    }
    guard let named = event.namedDialog ?? NamedId(storedDialogId, .storedMessage) else {
      throw BadEvent("data.dialog.dialogId", "is missing, and nothing else names the dialog", .missing)
    }
    if event.namedMessage == nil { return named }
    for given in [event.messageDialogId, event.carriesMessage ? nil : storedDialogId] {
      guard let given, given != named.id else { continue }
      throw BadEvent(
        "data.message.dialogId", "is \(given.string), but the event is about dialog \(named.id.string)",
        .contradiction)
    }
    return named
  }

  private static func user(of event: Event) throws(BadEvent) -> NamedId {
    guard event.user != nil else { throw BadEvent("data.user", "is missing", .missing) }
    if let named = NamedId(event.userId, .user) { return named }
    if let id = try event.entityId() { return NamedId(id, .entity) }
    throw BadEvent("data.user.userId", "is missing, and so is entityId", .missing)
  }

  private static func typist(of event: Event) throws(BadEvent) -> NamedId {
    let own =
      event.carriesTyping ? NamedId(event.typingUserId, .typing) : NamedId(event.legacyUserId, .legacyUser)
    if let own { return own }
    if let id = try event.actorId() { return NamedId(id, .actor) }
    throw BadEvent("data.typing.userId", "is missing, and nothing else names who is typing", .missing)
  }

  /// Adds what has to be looked up before the recipients are known.
  package func addNeeds(to needs: inout EventNeeds) {
    if let position = message?.position { needs.newerMessages.insert(position) }
    for section in sections { section.addNeeds(to: &needs) }
  }

  /// Adds what has to be looked up, besides, for the sections that all recipients share.
  package func addNeeds(to needs: inout ProfileNeeds) {
    for section in sections { section.addNeeds(to: &needs) }
  }

  /// Takes the answers to ``addNeeds(to:)-(EventNeeds)``.
  package func resolved(with state: EventState) -> ResolvedEvent {
    ResolvedEvent(self, state: state)
  }
}

extension Event {
  /// Puts the event in its dialog. `stored` is the answer to ``messageNeed``, `nil` when nothing was found.
  ///
  /// - Throws: ``BadEvent`` when neither the event nor the stored message gives the message or the dialog's
  ///   id, or when they name different dialogs.
  package func located(stored: BSONDocument?) throws(BadEvent) -> LocatedEvent {
    try LocatedEvent(self, stored: stored)
  }

  /// Whether `data.typing` is an object with any key. Otherwise the flat legacy fields count (spec section
  /// 3.1).
  var carriesTyping: Bool { typing.map { !$0.isEmpty } ?? false }
}
