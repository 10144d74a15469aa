package import BSON

/// An event of a type that makes updates, decoded, with its ids checked (spec section 1).
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

  private let entityElement: BSONElement?
  private let actorElement: BSONElement?

  /// Decodes the event that `header` belongs to; `nil` when its type makes no updates.
  ///
  /// - Throws: ``BadEvent`` when a field that the worker uses as an id does not hold one.
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
