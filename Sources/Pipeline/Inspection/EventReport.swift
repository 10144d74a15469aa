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

  /// Somebody who got no update of the event's own type.
  package struct Absentee: Sendable, Equatable {
    package let userId: Identifier
    /// Why, in words that follow the person's name.
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
  /// Those who got no update of the event's own type: everybody whom it concerns, by ``dryRun``; without one the members
  /// of the dialog as stored now.
  package internal(set) var absentees: [Absentee] = []
  package private(set) var hasMoreMembers = false
  /// The event once more against the present state; `nil` where the store does not have the event itself.
  package private(set) var dryRun: DryRun?
  /// What was noted each time when the event was handled. Only the file of a replay keeps that.
  package private(set) var noted: [EventHistory] = []
  private(set) var ordinaryRecipients: Set<Identifier> = []
  private(set) var typistId: String?
  /// Whom the explanation names.
  private(set) var concerned: [Identifier: Concerned] = [:]

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
  ///   - mostMembers: How many members of the dialog are looked at for the explanation, at most.
  package static func all(
    of eventId: ObjectId, tenantId: String?, in store: any InspectedStore, most: Int = 0,
    mostMembers: Int = EventExplainer.mostMembers
  ) async throws -> [EventReport] {
    let histories = try await store.history(of: eventId)
      .filter { tenantId == nil || $0.tenantId.string == tenantId }
    let reports = Mutex<[Identifier: EventReport]>([:])
    for history in histories {
      reports.withLock { reports in
        // An event that came again has ended as it did last.
        var report = EventReport(eventId, history)
        report.noted = reports[history.tenantId]?.noted ?? []
        if history.updates != nil { report.noted.append(history) }
        reports[history.tenantId] = report
      }
    }
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
    let contents = all.isEmpty ? [:] : try await store.events(of: eventId)
    for index in all.indices {
      try await all[index].complete(from: store)
      guard let content = contents[all[index].tenantId] else { continue }
      all[index].explain(by: try await DryRun(of: content, in: store, mostMembers: mostMembers))
    }
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

  private mutating func explain(by dryRun: DryRun) {
    self.dryRun = dryRun
    for person in dryRun.explanation.people { concerned[person.concerned.userId] = person.concerned }
    // Those who are not among the updates that were read may well have got one.
    guard outcome == .handled, !hasMoreUpdates else { return }
    absentees = absentees(by: dryRun.explanation)
    hasMoreMembers = dryRun.explanation.hasMoreMembers
  }

  /// What the event makes, by name; `update` when it makes none.
  package var updateName: String { UpdateType(eventType: eventType)?.rawValue ?? "update" }

  /// The report as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("eventId", eventId)
    output.append("tenantId", tenantId.string)
    output.append("eventType", eventType)
    output.append("dialogId", dialogId)
    output.append(outcome)
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
    output.append("noted", documents: noted.map(\.document))
    return output.finish()
  }
}

extension EventHistory {
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append(outcome)
    output.append("updates", number: updates.map(Double.init))
    return output.finish()
  }
}

extension BSONWriter {
  /// `outcome`, and the `reason` of a bad event.
  fileprivate mutating func append(_ outcome: EventHistory.Outcome) {
    switch outcome {
    case .handled: append("outcome", "handled")
    case .ignored: append("outcome", "ignored")
    case .bad(let reason):
      append("outcome", "bad")
      append("reason", reason)
    }
  }
}
