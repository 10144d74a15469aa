import BSON

/// An event whose dialog and message are known.
package final class LocatedEvent: Sendable {
  package let event: Event
  /// The dialog, for dialog and message events.
  package let dialog: EntityKey?
  /// The message, for message events. The event's own fields win over the stored ones.
  let message: MessageBase?
  let senderId: Identifier?
  /// For `message.create`, the message's place in its dialog: later messages are newer.
  let position: MessagePosition?
  let typistId: Identifier?
  /// The recipient of a user event.
  let userId: Identifier?

  init(_ draft: EventDraft, stored: BSONDocument?) throws(BadEvent) {
    let event = draft.event
    self.event = event
    let rule = event.type.rule
    userId = rule.recipients == .user ? try Self.userId(of: event) : nil
    typistId = rule.sections.contains(.typing) ? try Self.typistId(of: event) : nil
    guard rule.sections.contains(.dialog) else {
      (dialog, message, senderId, position) = (nil, nil, nil, nil)
      return
    }
    if let messageId = draft.messageId, !draft.carriesMessage, stored == nil {
      throw BadEvent(
        "data.message", "is missing, and no stored message has the messageId \(messageId.string)", .unknown)
    }
    let storedDialogId = try stored?.present("dialogId").map { element throws(BadEvent) in
      try Identifier(element, field: "the stored message's dialogId")
    }
    guard let dialogId = draft.namedDialogId ?? storedDialogId else {
      throw BadEvent("data.dialog.dialogId", "is missing, and nothing else names the dialog", .missing)
    }
    let dialog = EntityKey(tenantId: event.tenantId, id: dialogId)
    self.dialog = dialog

    if let messageId = draft.messageId {
      // Both must agree: nobody may be shown a message of a dialog that they are not in.
      for given in [event.messageDialogId, draft.carriesMessage ? nil : storedDialogId] {
        guard let given, given != dialogId else { continue }
        throw BadEvent(
          "data.message.dialogId", "is \(given.string), but the event is about dialog \(dialogId.string)",
          .contradiction)
      }
      let storedSender = stored?.present("senderId")?.string.map(Identifier.init)
      senderId = event.senderId ?? (draft.carriesMessage ? nil : storedSender)
      message = MessageBase(
        id: messageId, carried: event.message, stored: draft.carriesMessage ? nil : stored,
        knownSenderId: event.senderId ?? storedSender)
      position =
        event.type == .messageCreate
        ? Self.position(of: messageId, in: dialog, event: event, stored: stored) : nil
    } else {
      (message, senderId, position) = (nil, nil, nil)
    }
  }

  private static func userId(of event: Event) throws(BadEvent) -> Identifier {
    guard event.user != nil else { throw BadEvent("data.user", "is missing", .missing) }
    if let id = event.userId { return id }
    if let id = try event.entityId() { return id }
    throw BadEvent("data.user.userId", "is missing, and so is entityId", .missing)
  }

  private static func typistId(of event: Event) throws(BadEvent) -> Identifier {
    let own = event.carriesTyping ? event.typingUserId : event.legacyUserId
    if let own { return own }
    if let id = try event.actorId() { return id }
    throw BadEvent("data.typing.userId", "is missing, and nothing else names who is typing", .missing)
  }

  /// The message's place among those of its dialog (spec section 6); `nil` when nothing tells its time.
  private static func position(
    of messageId: Identifier, in dialog: EntityKey, event: Event, stored: BSONDocument?
  ) -> MessagePosition? {
    if let time = stored?["createdAt"]?.exactNumber {
      return MessagePosition(dialog: dialog, createdAt: time, messageId: messageId)
    }
    return (event.message?["createdAt"]?.exactNumber ?? event.createdAt?.exactNumber).map {
      MessagePosition(dialog: dialog, createdAt: $0, messageId: nil)
    }
  }

  /// Adds to `request` what has to be looked up before the event can be planned, apart from its recipients.
  package func request(into request: inout StateRequest) {
    guard let dialog else { return }
    let tenantId = event.tenantId
    if event.dialogId == nil {
      request.dialogs.insert(dialog)
      request.metas.insert(MetaKey(tenantId: tenantId, entity: .dialog, entityId: dialog.id))
    }
    if event.type.rule.sections.contains(.subjectMember), let userId = event.memberUserId {
      let member = MemberKey(dialog: dialog, userId: userId)
      request.memberships.insert(member)
      request.metas.insert(MetaKey(member))
    }
    if let position { request.newerMessages.insert(position) }
    guard let message else { return }
    let key = EntityKey(tenantId: tenantId, id: message.id)
    switch event.type {
    case .messageCreate, .messageUpdate:
      if !message.carries("meta") {
        request.metas.insert(MetaKey(tenantId: tenantId, entity: .message, entityId: message.id))
      }
      if !message.carries("statuses") { request.statuses.insert(key) }
      if !message.carries("senderInfo"), let senderId {
        request.addUser(tenantId, senderId)
        request.metas.insert(MetaKey(tenantId: tenantId, entity: .user, entityId: senderId))
      }
    case .statusUpdate where event.carried("statusMessageMatrix") == nil:
      request.statusCounts.insert(StatusCountKey(message: key, senderId: message.knownSenderId))
    default: break
    }
  }
}

extension Event {
  /// Whether `data.typing` is an object with any key. Otherwise the flat legacy fields count (spec section
  /// 3.1).
  var carriesTyping: Bool { typing.map { !$0.isEmpty } ?? false }
}
