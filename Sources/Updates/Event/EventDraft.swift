package import BSON

/// An event before anything has been looked up for it.
///
/// An event passes through the planner in four steps. ``EventDraft`` says which stored message the event
/// needs. ``located(stored:)`` finds its dialog and message. The ``LocatedEvent`` says what else has to be
/// looked up (``LocatedEvent/request(into:)``), and ``LocatedEvent/plan(with:)`` makes what all recipients
/// share. ``EventPlan`` then makes each recipient's update. None of these steps does any input or output.
package final class EventDraft: Sendable {
  /// How much of a stored message is needed.
  package enum MessageDetail: Sendable {
    /// `dialogId`, `senderId` and `createdAt`.
    case position
    /// All its fields.
    case content
  }

  package let event: Event
  /// The message that a message event is about; `nil` for other events.
  let messageId: Identifier?
  /// Whether the event carries the message itself (spec section 3.1).
  let carriesMessage: Bool
  /// The dialog id that a dialog or message event itself names, `nil` when it names none.
  package let namedDialogId: Identifier?
  /// The stored message that has to be looked up, and how much of it.
  package let messageLookup: (key: EntityKey, detail: MessageDetail)?

  /// Finds out what the event is about and which stored message it needs.
  ///
  /// - Throws: ``BadEvent`` when the event lacks something that its type needs and no look-up can supply.
  package init(_ event: Event) throws(BadEvent) {
    self.event = event
    let rule = event.type.rule
    if rule.sections.contains(.subjectMember), event.memberUserId == nil {
      throw BadEvent("data.member.userId", "is missing, which \(event.type.rawValue) needs", .missing)
    }
    guard rule.sections.contains(.dialog) else {
      (messageId, carriesMessage, namedDialogId, messageLookup) = (nil, false, nil, nil)
      return
    }
    let isMessageEvent = rule.sections.contains(.message)
    carriesMessage = isMessageEvent && event.messageId != nil
    messageId = isMessageEvent ? try Self.messageId(of: event) : nil
    namedDialogId = try Self.namedDialogId(of: event)
    if let messageId {
      messageLookup = Self.messageDetail(event, carriesMessage, namedDialogId).map {
        (EntityKey(tenantId: event.tenantId, id: messageId), $0)
      }
    } else {
      messageLookup = nil
    }
  }

  private static func messageId(of event: Event) throws(BadEvent) -> Identifier {
    if let id = event.messageId ?? event.contextMessageId { return id }
    if ["message", "messageStatus", "messageReaction"].contains(event.entityType),
      let id = try event.entityId()
    {
      return id
    }
    throw BadEvent("data.message.messageId", "is missing, and nothing else names the message", .missing)
  }

  private static func namedDialogId(of event: Event) throws(BadEvent) -> Identifier? {
    if let id = event.dialogId ?? event.contextDialogId ?? event.messageDialogId { return id }
    return ["dialog", "dialogMember"].contains(event.entityType) ? try event.entityId() : nil
  }

  private static func messageDetail(
    _ event: Event, _ carriesMessage: Bool, _ namedDialogId: Identifier?
  ) -> MessageDetail? {
    if !carriesMessage { return .content }
    let needsSender =
      event.type == .statusUpdate && event.senderId == nil && event.carried("statusMessageMatrix") == nil
    return namedDialogId == nil || needsSender || event.type == .messageCreate ? .position : nil
  }

  /// Puts the event in its dialog. `stored` is the answer to ``messageLookup``, `nil` when nothing was found.
  ///
  /// - Throws: ``BadEvent`` when neither the event nor the stored message gives the message or the dialog's
  ///   id, or when they name different dialogs.
  package func located(stored: BSONDocument?) throws(BadEvent) -> LocatedEvent {
    try LocatedEvent(self, stored: stored)
  }
}

extension Event {
  /// A field that producers put into the message section, or directly under `data` (spec section 1).
  func carried(_ key: String) -> BSONElement? {
    message?.present(key) ?? data.present(key)
  }
}
