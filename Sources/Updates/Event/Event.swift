package import BSON

/// An event of a type that makes updates, decoded, with its ids checked (spec section 1).
///
/// It is the first of the phases in which an event becomes updates. Each says what has to be looked up, and the answer
/// leads to the next (docs/decisions/0015-phases.md):
///
/// - ``Event`` says which stored message it needs (``messageNeed``), which gives a ``LocatedEvent``.
/// - ``LocatedEvent`` says what is needed before its recipients are known (``EventNeeds``); the ``EventState`` gives a
///   ``ResolvedEvent``.
/// - ``ResolvedEvent`` knows the recipients among the members of the dialog, and says what is needed for them
///   (``ProfileNeeds``); the ``Profiles`` give an ``EventPlan``.
/// - ``EventPlan`` makes each recipient's update.
///
/// None of these does any input or output.
package final class Event: Sendable {
  /// The event's identity, which every update has as its `eventId`.
  package let id: ObjectId
  package let tenantId: Identifier
  package let type: EventType
  let entityType: String?
  package let createdAt: BSONElement?
  let data: BSONDocument

  // The sections; `nil` unless they are objects.
  let context: BSONDocument?
  let dialog: BSONDocument?
  let member: BSONDocument?
  let message: BSONDocument?
  let typing: BSONDocument?
  let user: BSONDocument?

  // The ids in them; `nil` where absent.
  let contextDialogId: Identifier?
  let contextMessageId: Identifier?
  let dialogId: Identifier?
  let memberUserId: Identifier?
  let messageId: Identifier?
  let messageDialogId: Identifier?
  let senderId: Identifier?
  let typingUserId: Identifier?
  let userId: Identifier?
  let legacyUserId: Identifier?

  /// The message that a message event is about; `nil` for other events.
  let namedMessage: NamedId?
  /// The dialog that a dialog or message event itself names; `nil` when it names none.
  package let namedDialog: NamedId?
  /// The stored message that has to be looked up.
  package let messageNeed: MessageNeed?

  private let entityElement: BSONElement?
  private let actorElement: BSONElement?

  /// Decodes the event that `header` belongs to; `nil` when its type makes no updates.
  ///
  /// - Throws: ``BadEvent`` when a field that the worker uses as an id does not hold one, or when the event lacks
  ///   something that its type needs and no look-up can supply.
  package init?(_ header: EventHeader) throws(BadEvent) {
    guard let type = EventType(rawValue: header.typeName) else { return nil }
    self.type = type
    id = header.id
    if let key = header.key {
      tenantId = key.tenantId
    } else {
      tenantId = try Identifier(header.tenantElement, field: "tenantId")
    }
    var (entityType, entity, actor, created, data):
      (String?, BSONElement?, BSONElement?, BSONElement?, BSONDocument?)
    for element in header.document where !element.isNull {
      if element.hasKey("entityType") {
        entityType = element.string
      } else if element.hasKey("entityId") {
        entity = element
      } else if element.hasKey("actorId") {
        actor = element
      } else if element.hasKey("createdAt") {
        created = element
      } else if element.hasKey("data") {
        data = element.document
      }
    }
    self.entityType = entityType
    entityElement = entity
    actorElement = actor
    createdAt = created
    self.data = data ?? .empty

    var sections = Sections()
    for element in self.data where !element.isNull { sections.take(element) }
    context = sections.context
    dialog = sections.dialog
    member = sections.member
    message = sections.message
    typing = sections.typing
    user = sections.user

    contextDialogId = try Self.id(in: context, "dialogId", "data.context.dialogId")
    contextMessageId = try Self.id(in: context, "messageId", "data.context.messageId")
    dialogId = try Self.id(in: dialog, "dialogId", "data.dialog.dialogId")
    memberUserId = try Self.id(in: member, "userId", "data.member.userId")
    messageId = try Self.id(in: message, "messageId", "data.message.messageId")
    messageDialogId = try Self.id(in: message, "dialogId", "data.message.dialogId")
    senderId = try Self.id(in: message, "senderId", "data.message.senderId")
    typingUserId = try Self.id(in: typing, "userId", "data.typing.userId")
    userId = try Self.id(in: user, "userId", "data.user.userId")
    legacyUserId = try sections.legacyUserId.map { element throws(BadEvent) in
      try Identifier(element, field: "data.userId")
    }

    if type.rule.sections.contains(.subjectMember), memberUserId == nil {
      throw BadEvent("data.member.userId", "is missing, which \(type.rawValue) needs", .missing)
    }
    let entityId = EntityId(type: entityType, element: entity)
    guard type.rule.sections.contains(.dialog) else {
      (namedMessage, namedDialog, messageNeed) = (nil, nil, nil)
      return
    }
    let isMessageEvent = type.rule.sections.contains(.message)
    namedMessage =
      isMessageEvent
      ? try Self.namedMessage(
        NamedId(messageId, .message) ?? NamedId(contextMessageId, .contextMessage), or: entityId) : nil
    let ownDialog =
      NamedId(dialogId, .dialog) ?? NamedId(contextDialogId, .contextDialog)
      ?? NamedId(messageDialogId, .messageDialog)
    if let ownDialog {
      namedDialog = ownDialog
    } else {
      namedDialog = try entityId.named(among: ["dialog", "dialogMember"])
    }
    let needsSender =
      type == .statusUpdate && senderId == nil
      && Self.carried("statusMessageMatrix", in: message, self.data) == nil
    messageNeed = namedMessage.flatMap { [tenantId, namedDialog] message in
      MessageNeed(
        message, tenantId: tenantId,
        needsPosition: needsSender || namedDialog == nil || type == .messageCreate)
    }
  }

  /// Whether the event carries the message itself (spec section 3.1).
  var carriesMessage: Bool { namedMessage?.field == .message }

  /// A field that producers put into the message section, or directly under `data` (spec section 1).
  func carried(_ key: String) -> BSONElement? { Self.carried(key, in: message, data) }

  private static func carried(
    _ key: String, in message: BSONDocument?, _ data: BSONDocument
  ) -> BSONElement? {
    message?.present(key) ?? data.present(key)
  }

  private static func namedMessage(_ own: NamedId?, or entity: EntityId) throws(BadEvent) -> NamedId {
    if let own { return own }
    if let named = try entity.named(among: ["message", "messageStatus", "messageReaction"]) { return named }
    throw BadEvent("data.message.messageId", "is missing, and nothing else names the message", .missing)
  }

  /// `entityId` as an id; `nil` when absent. It is checked only where a rule falls back on it.
  func entityId() throws(BadEvent) -> Identifier? {
    try entityElement.map { element throws(BadEvent) in try Identifier(element, field: "entityId") }
  }

  /// `actorId` as an id; `nil` when absent. It is checked only where a rule falls back on it.
  func actorId() throws(BadEvent) -> Identifier? {
    try actorElement.map { element throws(BadEvent) in try Identifier(element, field: "actorId") }
  }

  private static func id(
    in section: BSONDocument?, _ key: String, _ field: String
  ) throws(BadEvent) -> Identifier? {
    guard let element = section?.present(key) else { return nil }
    return try Identifier(element, field: field)
  }
}

/// The sections of `data` that the worker knows, found in one walk.
private struct Sections {
  var context: BSONDocument?
  var dialog: BSONDocument?
  var member: BSONDocument?
  var message: BSONDocument?
  var typing: BSONDocument?
  var user: BSONDocument?
  var legacyUserId: BSONElement?

  mutating func take(_ element: BSONElement) {
    if element.hasKey("context") {
      context = element.document
    } else if element.hasKey("dialog") {
      dialog = element.document
    } else if element.hasKey("member") {
      member = element.document
    } else if element.hasKey("message") {
      message = element.document
    } else if element.hasKey("typing") {
      typing = element.document
    } else if element.hasKey("user") {
      user = element.document
    } else if element.hasKey("userId") {
      legacyUserId = element
    }
  }
}

/// What the event is about according to `entityType` and `entityId`.
private struct EntityId {
  let type: String?
  let element: BSONElement?

  /// The id, if the entity is of one of these types.
  func named(among types: [String]) throws(BadEvent) -> NamedId? {
    guard let type, types.contains(type), let element else { return nil }
    return NamedId(try Identifier(element, field: "entityId"), .entity)
  }
}
