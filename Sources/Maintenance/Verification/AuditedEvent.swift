import Pipeline
import BSON
import Updates

/// An archived event whose stored updates are examined.
struct AuditedEvent {
  enum Meaning {
    /// Its type makes no updates.
    case nothing
    case updates(EventImprint)
    /// It is bad, at least now: what it needs from the state may have been there at the time.
    case unknown
  }

  let key: EventKey
  let createdAt: Double?
  var meaning: Meaning
  /// What the stored updates found so far are for.
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
