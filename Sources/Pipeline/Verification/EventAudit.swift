import BSON
import Updates

/// Compares stored updates with what their events mean, as far as the present state allows to tell
/// (docs/operating.md says how far).
public struct EventAudit: Sendable {
  /// What was looked at so far.
  public struct Counts: Sendable, Equatable {
    /// Events of types that make updates.
    public var events = 0
    /// Events of types that make none.
    public var ignored = 0
    /// Events that can make no updates for what they contain, and for what is stored now.
    public var bad = 0
    /// Stored updates.
    public var updates = 0
    /// Of those, made by another program: their `_id`s are not this worker's.
    public var foreign = 0
    /// Of those, not confirmed because the broker cannot be sent their routing key (spec section 5).
    public var unsendable = 0

    /// Nothing yet.
    public init() {}

    /// Adds another count.
    public static func += (left: inout Counts, right: Counts) {
      left.events += right.events
      left.ignored += right.ignored
      left.bad += right.bad
      left.updates += right.updates
      left.foreign += right.foreign
      left.unsendable += right.unsendable
    }
  }

  /// A routing key of more bytes cannot be sent.
  private static let longestKey = 255

  private let directory: any Directory
  private let ledger: any UpdateLedger
  private let history: MembershipHistory
  private let limits: PipelineLimits

  /// Takes what to compare; `history` reaches back to the first event.
  public init(
    _ directory: any Directory, _ ledger: any UpdateLedger, history: MembershipHistory,
    limits: PipelineLimits = PipelineLimits()
  ) {
    self.limits = limits
    self.directory = directory
    self.ledger = ledger
    self.history = history
  }

  /// Examines events that were made at `times`, and hands each difference to `report`.
  public func examine(
    _ deliveries: [Delivery], times: [EventKey: Double], report: (Difference) throws -> Void
  ) async throws -> Counts {
    var counts = Counts()
    var events: [AuditedEvent] = []
    for part in EventIntake.parts(deliveries.map(EventIntake.decode)) {
      events += try await imprints(of: Array(part), times: times, &counts)
    }
    try await examine(events[...], &counts, report)
    return counts
  }

  // MARK: - What the events mean

  private func imprints(
    of items: [EventIntake.Item], times: [EventKey: Double], _ counts: inout Counts
  ) async throws -> [AuditedEvent] {
    var lookups: [EntityKey: EventDraft.MessageDetail] = [:]
    for item in items {
      if case .draft(let draft) = item.kind, let lookup = draft.messageLookup {
        lookups[lookup.key] = .content
      }
    }
    let messages = lookups.isEmpty ? [:] : try await directory.messages(lookups)
    var events: [AuditedEvent] = []
    for item in items {
      guard let key = item.event else {
        counts.bad += 1
        continue
      }
      switch item.kind {
      case .ignored:
        counts.ignored += 1
        events.append(AuditedEvent(key: key, createdAt: times[key], meaning: .nothing))
      case .bad:
        events.append(AuditedEvent(key: key, createdAt: times[key], meaning: .unknown))
      case .draft(let draft):
        do throws(BadEvent) {
          let imprint = try EventImprint(draft, stored: draft.messageLookup.flatMap { messages[$0.key] })
          events.append(AuditedEvent(key: key, createdAt: times[key], meaning: .updates(imprint)))
        } catch {
          events.append(AuditedEvent(key: key, createdAt: times[key], meaning: .unknown))
        }
      }
    }
    try await forget(unknownDialogsOf: &events)
    for event in events {
      if event.imprint != nil { counts.events += 1 }
      if case .unknown = event.meaning { counts.bad += 1 }
    }
    return events
  }

  /// An event that does not bring its dialog is bad when that is not stored.
  private func forget(unknownDialogsOf events: inout [AuditedEvent]) async throws {
    let asked = Set(events.compactMap { $0.imprint?.neededDialog })
    let known = asked.isEmpty ? [:] : try await directory.dialogs(asked)
    for index in events.indices {
      if let dialog = events[index].imprint?.neededDialog, known[dialog] == nil {
        events[index].meaning = .unknown
      }
    }
  }

  // MARK: - What is stored

  /// As many events at once as have small rosters together, so that what is remembered of their updates stays small.
  private func examine(
    _ events: ArraySlice<AuditedEvent>, _ counts: inout Counts, _ report: (Difference) throws -> Void
  ) async throws {
    if events.isEmpty { return }
    let dialogs = Set(events.compactMap { $0.imprint?.located.roster })
    let rosters = try await directory.rosters(dialogs, limit: limits.membersPerBatch)
    guard rosters != nil || events.count == 1 else {
      let middle = events.startIndex + events.count / 2
      try await examine(events[..<middle], &counts, report)
      try await examine(events[middle...], &counts, report)
      return
    }
    var audited = Dictionary(events.map { ($0.key, $0) }) { first, _ in first }
    let stream = try await ledger.updates(of: Set(audited.keys))
    while true {
      let records = try await stream.next(limits.membersPerChunk)
      if records.isEmpty { break }
      for record in records { try check(record, &audited, &counts, report) }
    }
    for event in audited.values.sorted(by: { ($0.createdAt ?? 0) < ($1.createdAt ?? 0) }) {
      guard let imprint = event.imprint else { continue }
      for recipient in [imprint.located.namedRecipient?.userId].compactMap({ $0 }) {
        try event.report(missing: recipient, as: imprint.located.event.type.rawValue, report)
      }
      if let subject = imprint.located.statisticsOfSubject {
        try event.report(missing: subject, as: EventType.derivedStatistics, report)
      }
      guard let dialog = imprint.located.roster else { continue }
      if let rosters {
        try check(rosters[dialog] ?? [], of: event, imprint, dialog, report)
      } else {
        let roster = try await directory.roster(of: dialog, chunk: limits.membersPerChunk)
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
      if update.routingKey.utf8.count > Self.longestKey {
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
    for recipient in imprint.located.recipients(among: members) {
      if let time = event.createdAt,
        history.hasJoined(MemberKey(dialog: dialog, userId: recipient.userId), since: time)
      {
        continue
      }
      try event.report(missing: recipient.userId, as: imprint.located.event.type.rawValue, report)
    }
  }
}

/// An event under examination.
private struct AuditedEvent {
  enum Meaning {
    /// It is of a type that makes no updates.
    case nothing
    case updates(EventImprint)
    /// It is bad, now at least: what it needs of the state may have been there once.
    case unknown
  }

  let key: EventKey
  let createdAt: Double?
  var meaning: Meaning
  /// Whom its stored updates are for.
  var seen: Set<FoundUpdate.Purpose> = []

  init(key: EventKey, createdAt: Double?, meaning: Meaning) {
    self.key = key
    self.createdAt = createdAt
    self.meaning = meaning
  }

  var imprint: EventImprint? { if case .updates(let imprint) = meaning { imprint } else { nil } }

  func report(missing userId: Identifier, as eventType: String, _ report: (Difference) throws -> Void) throws
  {
    guard !seen.contains(FoundUpdate.Purpose(userId: userId, eventType: eventType)) else { return }
    let id = UpdateType(eventType: eventType).map {
      UpdateIdentity.id(tenantId: key.tenantId, eventId: key.eventId, userId: userId, type: $0)
    }
    try report(
      Difference(
        kind: .missing, tenantId: key.tenantId, userId: userId, eventId: key.eventId, eventType: eventType,
        updateId: id, detail: ""))
  }
}

/// A stored update, by whomever it was made.
private struct FoundUpdate {
  struct Purpose: Hashable {
    let userId: Identifier
    let eventType: String
  }

  let id: ObjectId
  let event: EventKey
  let userId: Identifier
  let eventType: String

  init?(_ record: BSONDocument) {
    guard let id = record["_id"]?.objectId, let tenantId = record["tenantId"]?.string,
      let eventId = record["eventId"]?.objectId, let userId = record["userId"]?.string,
      let eventType = record["eventType"]?.string
    else { return nil }
    self.id = id
    event = EventKey(tenantId: Identifier(tenantId), eventId: eventId)
    self.userId = Identifier(userId)
    self.eventType = eventType
  }

  var purpose: Purpose { Purpose(userId: userId, eventType: eventType) }

  /// Whether its `_id` is the one that this worker gives it.
  var isOwn: Bool {
    guard let type = UpdateType(eventType: eventType) else { return false }
    return id
      == UpdateIdentity.id(tenantId: event.tenantId, eventId: event.eventId, userId: userId, type: type)
  }
}
