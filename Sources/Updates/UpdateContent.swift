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

  /// The sections of `data` before the own member section.
  public let leading: BSONDocument
  /// The sections behind it.
  public let trailing: BSONDocument
  /// The text of both, made when the first body is asked for.
  private let json = Mutex<(leading: [UInt8], trailing: [UInt8])?>(nil)

  /// The ordinary updates of an event.
  init(_ located: LocatedEvent, state: StateSnapshot) throws(BadEvent) {
    let event = located.event
    let rule = event.type.rule
    tenantId = event.tenantId
    eventId = event.id
    eventType = event.type.rawValue
    updateType = rule.updateType
    dialogId = located.dialog?.id
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
    statisticsOf userId: Identifier, userType: String, meta: BSONDocument, counts: MembershipCounts,
    updatedField: String, event: Event
  ) {
    tenantId = event.tenantId
    eventId = event.id
    eventType = EventType.derivedStatistics
    updateType = .userStats
    entityId = userId
    dialogId = nil
    var output = BSONWriter(capacity: 512)
    output.open("context")
    output.append("eventType", eventType)
    output.append("entityId", userId.string)
    output.append("includedSections", strings: ["user"])
    output.append("updatedFields", strings: [updatedField])
    output.close()
    output.open("user")
    output.append("userId", userId.string)
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

  /// The members of both parts as JSON text, without braces.
  func text() -> (leading: [UInt8], trailing: [UInt8]) {
    json.withLock { cached in
      if let cached { return cached }
      var leadingText = JSONWriter(capacity: leading.bytes.count * 5 / 4)
      leadingText.append(membersOf: leading)
      var trailingText = JSONWriter(capacity: trailing.bytes.count * 5 / 4)
      trailingText.append(membersOf: trailing)
      let text = (leadingText.bytes, trailingText.bytes)
      cached = text
      return text
    }
  }
}
