import BSON
import Synchronization

/// What all updates of one event and type share, encoded once (design: one event goes to many recipients with
/// nearly the same content). Only `userId`, the own `member` section and the times differ.
public final class UpdateContent: Sendable {
  /// The tenant.
  public let tenantId: Identifier
  /// The identity of the source event.
  public let eventId: ObjectId
  /// The source event's type, or `user.stats.update`.
  public let eventType: String
  /// The type of the updates.
  public let updateType: UpdateType
  /// What the updates are about (spec section 4).
  public let entityId: Identifier
  /// The dialog they belong to; `nil` for those of the category `user`.
  public let dialogId: Identifier?
  /// Whose membership the event is about, in updates about a membership.
  public let subjectId: Identifier?

  /// The sections of `data` before the own member section.
  public let leading: BSONDocument
  /// The sections behind it.
  public let trailing: BSONDocument
  private let text = Mutex<Text?>(nil)

  /// The ordinary updates of an event.
  init(_ located: LocatedEvent, state: StateSnapshot) throws(BadEvent) {
    let event = located.event
    let rule = event.type.rule
    tenantId = event.tenantId
    eventId = event.id
    eventType = event.type.rawValue
    updateType = rule.updateType
    dialogId = located.dialog?.id
    subjectId = rule.sections.contains(.subjectMember) ? event.memberUserId : nil
    guard let entityId = located.message?.id ?? located.dialog?.id ?? located.userId else {
      throw BadEvent("entityId", "is missing")
    }
    self.entityId = entityId

    var sections: [(Rule.Section, BSONDocument)] = []
    for section in rule.sections {
      if let document = try located.section(section, state: state) { sections.append((section, document)) }
    }
    var output = BSONWriter(capacity: 1024)
    let message = sections.first { $0.0 == .message }?.1
    output.append(
      "context", located.contextSection(entityId: entityId, sections: rule.sections, message: message))
    var trailing = BSONWriter(capacity: 1024)
    let ownIndex = rule.sections.firstIndex(of: .ownMember) ?? rule.sections.endIndex
    for (section, document) in sections {
      let isLeading = (rule.sections.firstIndex(of: section) ?? 0) < ownIndex
      if isLeading { output.append(section.name, document) } else { trailing.append(section.name, document) }
    }
    leading = output.finish()
    self.trailing = trailing.finish()
  }

  /// The statistics of one user.
  init(
    statisticsOf user: EntityKey, userType: String, meta: BSONDocument, counts: MembershipCounts,
    updatedFields: [String], eventId: ObjectId
  ) {
    tenantId = user.tenantId
    self.eventId = eventId
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
  }

  /// The parts of the message's body that all recipients share.
  struct Text {
    /// From behind `_id` to before the recipient.
    let beforeUser: [UInt8]
    /// From behind the recipient into `data`, up to where the own member section comes.
    let beforeMember: [UInt8]
    /// From there to before the time of publication.
    let afterMember: [UInt8]
  }

  /// The shared text, made when it is first asked for.
  func sharedText() -> Text {
    text.withLock { cached in
      if let cached { return cached }
      let made = makeText()
      cached = made
      return made
    }
  }

  private func makeText() -> Text {
    var beforeUser = JSONWriter()
    beforeUser.append(raw: ",\"tenantId\":")
    beforeUser.append(string: tenantId.string)
    beforeUser.append(raw: ",\"userId\":")
    var beforeMember = JSONWriter(capacity: leading.bytes.count * 5 / 4 + 256)
    beforeMember.append(raw: ",\"entityId\":")
    beforeMember.append(string: entityId.string)
    beforeMember.append(raw: ",\"eventId\":")
    beforeMember.append(eventId)
    beforeMember.append(raw: ",\"eventType\":")
    beforeMember.append(string: eventType)
    beforeMember.append(raw: ",\"data\":{")
    beforeMember.append(membersOf: leading)
    var afterMember = JSONWriter(capacity: trailing.bytes.count * 5 / 4 + 64)
    if !trailing.isEmpty { afterMember.append(raw: ",") }
    afterMember.append(membersOf: trailing)
    afterMember.append(raw: "},\"published\":true,\"publishedAt\":")
    return Text(
      beforeUser: beforeUser.bytes, beforeMember: beforeMember.bytes, afterMember: afterMember.bytes)
  }
}
