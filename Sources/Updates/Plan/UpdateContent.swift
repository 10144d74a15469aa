package import BSON
import Synchronization

/// What all updates of one event and type share. It is encoded once, because one event goes to many
/// recipients with nearly the same content: only the ids, the recipient's own `member` section and the times
/// differ.
package final class UpdateContent: Sendable {
  package let tenantId: Identifier
  package let eventId: ObjectId
  /// When the source event was made, in milliseconds since 1970; `nil` when its `createdAt` is
  /// not a number.
  package let eventCreatedAt: Double?
  /// The source event's type, or `user.stats.update`.
  package let eventType: String
  package let updateType: UpdateType
  /// What the updates are about (spec section 4).
  package let entityId: Identifier
  /// The dialog they belong to; `nil` for updates of the category `user`.
  package let dialogId: Identifier?
  /// Whose membership the event is about; `nil` when it is not about one.
  package let subjectId: Identifier?

  /// The sections of `data` before the recipient's own `member` section.
  package let leading: BSONDocument
  /// The sections after it.
  package let trailing: BSONDocument
  /// The size in bytes of an update's stored document without the recipient, the routing key and the recipient's own
  /// section, once it is marked as published.
  let byteCountWithoutRecipient: Int
  private let text = Mutex<SharedText?>(nil)

  /// Makes what the ordinary updates of an event share.
  init(_ resolved: ResolvedEvent, profiles: Profiles) throws(BadEvent) {
    let located = resolved.located
    let event = located.event
    let rule = event.type.rule
    tenantId = event.tenantId
    eventId = event.id
    eventCreatedAt = event.createdAt?.number
    eventType = event.type.rawValue
    updateType = rule.updateType
    dialogId = located.dialog?.id
    subjectId = rule.sections.contains(.subjectMember) ? event.memberUserId : nil
    guard let entityId = located.message?.id ?? located.dialog?.id ?? located.user?.id else {
      throw BadEvent("entityId", "is missing", .missing)
    }
    self.entityId = entityId

    var sections: [(Rule.Section, BSONDocument)] = []
    for section in located.sections {
      let document = try section.document(state: resolved.state, profiles: profiles)
      sections.append((type(of: section).section, document))
    }
    let message = sections.first { $0.0 == .message }?.1
    var output = BSONWriter(capacity: 1024)
    output.append(
      "context", ContextSection(located: located, entityId: entityId, message: message).document())
    var trailing = BSONWriter(capacity: 1024)
    let ownIndex = rule.sections.firstIndex(of: .ownMember) ?? rule.sections.endIndex
    for (section, document) in sections {
      let isLeading = (rule.sections.firstIndex(of: section) ?? 0) < ownIndex
      if isLeading { output.append(section.name, document) } else { trailing.append(section.name, document) }
    }
    leading = output.finish()
    self.trailing = trailing.finish()
    byteCountWithoutRecipient = Self.byteCountWithoutRecipient(
      tenantId, eventId, eventType, entityId, leading, self.trailing)
  }

  /// Makes the content of one user's statistics update (spec section 6).
  package init(
    statisticsOf user: EntityKey, userType: String, meta: BSONDocument, counts: MembershipCounts,
    updatedFields: [String], eventId: ObjectId, eventCreatedAt: Double?
  ) {
    tenantId = user.tenantId
    self.eventId = eventId
    self.eventCreatedAt = eventCreatedAt
    eventType = EventType.derivedStatistics
    updateType = .userStats
    entityId = user.id
    dialogId = nil
    subjectId = nil
    var output = BSONWriter(capacity: 512)
    output.open("context")
    output.append("eventType", eventType)
    output.append("entityId", user.id.string)
    output.append("includedSections", strings: ["user"])
    output.append("updatedFields", strings: updatedFields)
    output.close()
    output.open("user")
    output.append("userId", user.id.string)
    output.append("type", userType)
    output.append("meta", meta)
    output.open("stats")
    output.append("dialogCount", Int64(counts.dialogs))
    output.append("unreadDialogsCount", Int64(counts.unread))
    output.close()
    output.close()
    leading = output.finish()
    trailing = .empty
    byteCountWithoutRecipient = Self.byteCountWithoutRecipient(
      tenantId, eventId, eventType, entityId, leading, trailing)
  }

  /// The shared text of the messages. It is made when it is first asked for; `make` may give any of the
  /// updates.
  func sharedText(_ make: () -> UpdateDocument) -> SharedText {
    text.withLock { cached in
      if let cached { return cached }
      let made = SharedText(make())
      cached = made
      return made
    }
  }

  private static func byteCountWithoutRecipient(
    _ tenantId: Identifier, _ eventId: ObjectId, _ eventType: String, _ entityId: Identifier,
    _ leading: BSONDocument, _ trailing: BSONDocument
  ) -> Int {
    // Every `_id` has the same size.
    UpdateDocument(
      id: eventId, tenantId: tenantId.string, userId: "", entityId: entityId.string, eventId: eventId,
      eventType: eventType,
      data: UpdateDocument.Sections(leading: leading, member: nil, trailing: trailing), routingKey: "",
      publishedAt: 0, createdAt: 0
    ).byteCount
  }
}
