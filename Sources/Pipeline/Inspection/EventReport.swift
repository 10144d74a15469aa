package import BSON
import Synchronization
package import Updates

/// What became of one event of one tenant.
package struct EventReport: Sendable {
  /// One of its updates.
  package struct Line: Sendable {
    package let recipient: Identifier
    /// The name of the update type; `?` for an event type that makes no updates.
    package let type: String
    package let isPublished: Bool
    package let routingKey: String
    package let id: ObjectId
    /// When it was made, in milliseconds since 1970.
    package let createdAt: Double
    /// When it was sent, in milliseconds since 1970; `nil` while its publication is not confirmed.
    package let publishedAt: Double?
  }

  /// A member of its dialog who got no update.
  package struct Absentee: Sendable {
    package let userId: Identifier
    /// Why, in words that follow the member's name.
    package let reason: String
  }

  /// Members without an update are named up to this many.
  private static let mostAbsentees = 1000

  package let eventId: ObjectId
  package let tenantId: Identifier
  package private(set) var eventType: String
  package private(set) var dialogId: String?
  package private(set) var outcome = EventHistory.Outcome.handled
  /// In the order in which they were made.
  package private(set) var updates: [Line] = []
  /// Whether there are updates that were made before these.
  package private(set) var hasMoreUpdates = false
  /// The members of the dialog, as stored now, who got no update of the event's own type.
  package private(set) var absentees: [Absentee] = []
  package private(set) var hasMoreMembers = false
  private var ordinaryRecipients: Set<Identifier> = []
  private var typistId: String?

  private init(_ eventId: ObjectId, _ history: EventHistory) {
    self.eventId = eventId
    tenantId = history.tenantId
    eventType = history.eventType
    dialogId = history.dialogId
    outcome = history.outcome
  }

  private init(_ update: StoredUpdate) {
    eventId = update.eventId
    tenantId = update.tenantId
    eventType = update.eventType
    dialogId = update.dialogId
  }

  /// What became of the event in each tenant that has one of this identity, ordered by tenant.
  ///
  /// - Parameters:
  ///   - tenantId: `nil` means all tenants.
  ///   - most: The most updates, those that were made last; 0 means all.
  package static func all(
    of eventId: ObjectId, tenantId: String?, in store: any UpdateCatalog & MembershipCatalog, most: Int = 0
  ) async throws -> [EventReport] {
    var histories: [EventHistory] = []
    for history in try await store.history(of: eventId)
    where tenantId == nil || history.tenantId.string == tenantId {
      // An event that came again has ended as it did last.
      histories.removeAll { $0.tenantId == history.tenantId }
      histories.append(history)
    }
    let reports = Mutex<[Identifier: EventReport]>([:])
    for history in histories { reports.withLock { $0[history.tenantId] = EventReport(eventId, history) } }
    var query = UpdateQuery()
    query.eventId = eventId
    query.tenantId = tenantId
    query.limit = most == 0 ? 0 : most + 1
    let count = Mutex(0)
    try await store.updates(matching: query) { update in
      let isOneTooMany = count.withLock { count in
        count += 1
        return most > 0 && count > most
      }
      reports.withLock { reports in
        if isOneTooMany {
          reports[update.tenantId, default: EventReport(update)].hasMoreUpdates = true
        } else {
          reports[update.tenantId, default: EventReport(update)].add(update)
        }
      }
      return true
    }
    var all = reports.withLock { $0 }.values.sorted { $0.tenantId < $1.tenantId }
    for index in all.indices { try await all[index].complete(from: store) }
    return all
  }

  private mutating func add(_ update: StoredUpdate) {
    if update.type != .userStats {
      eventType = update.eventType
      dialogId = dialogId ?? update.dialogId
      ordinaryRecipients.insert(update.userId)
      typistId = update.document.document("data")?.document("typing")?["userId"]?.string ?? typistId
    }
    updates.append(
      Line(
        recipient: update.userId, type: update.type?.rawValue ?? "?", isPublished: update.isPublished,
        routingKey: update.routingKey, id: update.id, createdAt: update.createdAt,
        publishedAt: update.isPublished ? update.document[.publishedAt]?.number : nil))
  }

  private mutating func complete(from store: any MembershipCatalog) async throws {
    // They were read newest first.
    updates.reverse()
    // Those who are not among the updates that were read may well have got one.
    guard outcome == .handled, !hasMoreUpdates, let dialogId else { return }
    let limit = Self.mostAbsentees + ordinaryRecipients.count
    let members = try await store.members(
      of: EntityKey(tenantId: tenantId, id: Identifier(dialogId)), limit: limit)
    hasMoreMembers = members.count == limit
    absentees = members.filter { !ordinaryRecipients.contains($0.userId) }
      .map { Absentee(userId: $0.userId, reason: reason(for: $0)) }
  }

  /// What the event makes, by name; `update` when it makes none.
  package var updateName: String { UpdateType(eventType: eventType)?.rawValue ?? "update" }

  /// Without the event itself, only what its type and its updates tell is known.
  private func reason(for member: Member) -> String {
    guard let rule = EventType(rawValue: eventType)?.rule else { return Self.noMemberThen }
    let isTyping = rule.recipients == .activeMembersExceptTyping
    if rule.recipients == .subject || rule.recipients == .user {
      return RecipientReason.othersOnly.words(rule)
    }
    if isTyping, member.userId.string == typistId { return RecipientReason.typist.words(rule) }
    if !member.isActive { return RecipientReason.formerMember.words(rule) }
    // Without an update nothing tells who was typing.
    return isTyping && typistId == nil ? "was typing, or \(Self.noMemberThen)" : Self.noMemberThen
  }

  private static let noMemberThen = "was no active member when the event was handled"

  /// The report as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("eventId", eventId)
    output.append("tenantId", tenantId.string)
    output.append("eventType", eventType)
    output.append("dialogId", dialogId)
    switch outcome {
    case .handled: output.append("outcome", "handled")
    case .ignored: output.append("outcome", "ignored")
    case .bad(let reason):
      output.append("outcome", "bad")
      output.append("reason", reason)
    }
    output.append(
      "updates",
      documents: updates.map { line in
        var output = BSONWriter()
        output.append("userId", line.recipient.string)
        output.append("type", line.type)
        output.append("published", line.isPublished)
        output.append("routingKey", line.routingKey)
        output.append("_id", line.id)
        output.append("createdAt", line.createdAt)
        output.append("publishedAt", number: line.publishedAt)
        return output.finish()
      })
    output.append(
      "without",
      documents: absentees.map { absentee in
        var output = BSONWriter()
        output.append("userId", absentee.userId.string)
        output.append("reason", absentee.reason)
        return output.finish()
      })
    output.append("moreMembers", hasMoreMembers)
    output.append("moreUpdates", hasMoreUpdates)
    return output.finish()
  }
}
