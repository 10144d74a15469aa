package import Pipeline
import BSON
import Updates

/// Compares stored updates with what their events say, as far as the present state allows (docs/operating.md
/// says how far).
package struct EventAudit: Sendable {
  /// What has been looked at so far.
  package struct Counts: Sendable, Equatable {
    /// Events of types that make updates.
    package var events = 0
    /// Events of types that make none.
    package var ignored = 0
    /// Events that can make no updates because of what they contain or of what is stored now.
    package var bad = 0
    package var updates = 0
    /// Those of ``updates`` that another program made: they do not have the `_id` that this worker gives.
    package var foreign = 0
    /// Those of ``updates`` that are not confirmed because their routing key is too long for the broker (spec
    /// section 5).
    package var unsendable = 0

    package init() {}

    package static func += (left: inout Counts, right: Counts) {
      left.events += right.events
      left.ignored += right.ignored
      left.bad += right.bad
      left.updates += right.updates
      left.foreign += right.foreign
      left.unsendable += right.unsendable
    }
  }

  /// How many stored updates are read at a time.
  private static let pageSize = 1000

  private let directory: any Directory
  private let records: any UpdateRecords
  private let history: MembershipHistory
  private let mostMembers: Int

  /// - Parameters:
  ///   - history: Must reach back to the first event.
  ///   - mostMembers: How many members of dialogs are looked up at once. A larger dialog is examined by itself.
  package init(
    _ directory: any Directory, _ records: any UpdateRecords, history: MembershipHistory,
    mostMembers: Int = 4000
  ) {
    self.mostMembers = mostMembers
    self.directory = directory
    self.records = records
    self.history = history
  }

  /// Examines archived events and calls `report` with each difference.
  package func examine(_ deliveries: [Delivery], report: (Difference) throws -> Void) async throws -> Counts {
    var counts = Counts()
    var events: [AuditedEvent] = []
    for slice in EventIntake.slices(deliveries.map(EventIntake.decode)) {
      events += try await imprints(of: Array(slice), &counts)
    }
    try await examine(events[...], &counts, report)
    return counts
  }

  // MARK: - What the events say

  private func imprints(of items: [EventIntake.Item], _ counts: inout Counts) async throws -> [AuditedEvent] {
    var needs: [EntityKey: MessageDetail] = [:]
    for item in items {
      if case .event(let event) = item.kind, let need = event.messageNeed { needs[need.key] = .content }
    }
    let messages = needs.isEmpty ? [:] : try await directory.messages(needs)
    var events: [AuditedEvent] = []
    for item in items {
      guard let header = item.header, let key = header.key else {
        counts.bad += 1
        continue
      }
      let createdAt = header.document["createdAt"]?.number
      switch item.kind {
      case .ignored:
        counts.ignored += 1
        events.append(AuditedEvent(key: key, createdAt: createdAt, meaning: .nothing))
      case .bad:
        events.append(AuditedEvent(key: key, createdAt: createdAt, meaning: .unknown))
      case .event(let event):
        do throws(BadEvent) {
          let imprint = try EventImprint(event, stored: event.messageNeed.flatMap { messages[$0.key] })
          events.append(AuditedEvent(key: key, createdAt: createdAt, meaning: .updates(imprint)))
        } catch {
          events.append(AuditedEvent(key: key, createdAt: createdAt, meaning: .unknown))
        }
      }
    }
    try await markBad(withoutDialog: &events)
    for event in events {
      if event.imprint != nil { counts.events += 1 }
      if case .unknown = event.meaning { counts.bad += 1 }
    }
    return events
  }

  /// Marks events as bad that do not carry their dialog when it is not stored either.
  private func markBad(withoutDialog events: inout [AuditedEvent]) async throws {
    let asked = Set(events.compactMap { $0.imprint?.neededDialog })
    let known = asked.isEmpty ? [:] : try await directory.dialogs(asked)
    for index in events.indices {
      if let dialog = events[index].imprint?.neededDialog, known[dialog] == nil {
        events[index].meaning = .unknown
      }
    }
  }

  // MARK: - What is stored

  /// Examines as many events at once as their rosters together allow, so that what is remembered of their
  /// updates stays small.
  private func examine(
    _ events: ArraySlice<AuditedEvent>, _ counts: inout Counts, _ report: (Difference) throws -> Void
  ) async throws {
    if events.isEmpty { return }
    let dialogs = Set(events.compactMap { $0.imprint?.located.recipients.roster })
    let rosters = try await directory.rosters(dialogs, limit: mostMembers)
    guard rosters != nil || events.count == 1 else {
      let middle = events.startIndex + events.count / 2
      try await examine(events[..<middle], &counts, report)
      try await examine(events[middle...], &counts, report)
      return
    }
    var audited = Dictionary(events.map { ($0.key, $0) }) { first, _ in first }
    let stream = try await records.updates(of: Set(audited.keys))
    while true {
      let records = try await stream.next(Self.pageSize)
      if records.isEmpty { break }
      for record in records { try check(record, &audited, &counts, report) }
    }
    for event in audited.values.sorted(by: { ($0.createdAt ?? 0) < ($1.createdAt ?? 0) }) {
      guard let imprint = event.imprint else { continue }
      for recipient in [imprint.located.recipients.named?.userId].compactMap({ $0 }) {
        try event.report(missing: recipient, as: imprint.located.event.type.rawValue, report)
      }
      if let subject = imprint.located.statisticsSubject {
        try event.report(missing: subject, as: EventType.derivedStatistics, report)
      }
      guard let dialog = imprint.located.recipients.roster else { continue }
      if let rosters {
        try check(rosters[dialog] ?? [], of: event, imprint, dialog, report)
      } else {
        let roster = try await directory.roster(of: dialog, after: nil, pageSize: Self.pageSize)
        while true {
          let members = try await roster.next()
          if members.isEmpty { break }
          try check(members, of: event, imprint, dialog, report)
        }
      }
    }
  }

  private func check(
    _ record: BSONDocument, _ audited: inout [EventKey: AuditedEvent], _ counts: inout Counts,
    _ report: (Difference) throws -> Void
  ) throws {
    guard let found = FoundUpdate(record), let event = audited[found.event] else { return }
    counts.updates += 1
    func tell(_ kind: Difference.Kind, _ detail: String = "") throws {
      try report(
        Difference(
          kind: kind, tenantId: found.event.tenantId, userId: found.userId, eventId: found.event.eventId,
          eventType: found.eventType, updateId: found.id, detail: detail))
    }
    if audited[found.event]?.seen.insert(found.purpose).inserted == false { try tell(.duplicate) }
    guard found.isOwn, let update = StoredUpdate(record) else {
      counts.foreign += 1
      if !StoredUpdate.isPublished(record) { try tell(.unpublished) }
      return
    }
    if !update.isPublished {
      if update.routingKey.utf8.count > UpdateType.longestRoutingKey {
        counts.unsendable += 1
      } else {
        try tell(.unpublished)
      }
    }
    switch event.meaning {
    case .unknown: break
    case .nothing: try tell(.unexpected)
    case .updates(let imprint):
      switch imprint.verdict(on: update) {
      case .fits: break
      case .unexpected: try tell(.unexpected)
      case .differs(let field): try tell(.content, "\(field) is not what the event says")
      }
    }
  }

  private func check(
    _ members: [Member], of event: AuditedEvent, _ imprint: EventImprint, _ dialog: EntityKey,
    _ report: (Difference) throws -> Void
  ) throws {
    for recipient in imprint.located.recipients.among(members) {
      if let time = event.createdAt,
        history.hasJoined(MemberKey(dialog: dialog, userId: recipient.userId), since: time)
      {
        continue
      }
      try event.report(missing: recipient.userId, as: imprint.located.event.type.rawValue, report)
    }
  }
}
