package import Updates
import Pipeline
package import BSON

/// What an event alone decides about its updates, whatever the state was when they were made.
///
/// It is found by planning the event twice: against a state that knows nothing, and against one in which
/// everything is strange. Where the two plans agree, the event decides. Where they differ, the state decides,
/// and a stored update may hold anything.
package struct EventImprint: Sendable {
  /// What can be said about a stored update of the event.
  package enum Verdict: Sendable, Equatable {
    /// It holds what the event decides.
    case fits
    /// The event makes no such update for this user, whatever the state.
    case unexpected
    /// It does not hold what the event decides in the field with this path.
    case differs(String)
  }

  package let located: LocatedEvent
  private let plans: [(plan: EventPlan, state: AssumedState)]

  /// `stored` is the answer to the event's ``Event/messageNeed``, `nil` when nothing was found.
  ///
  /// - Throws: ``BadEvent`` when the event can make no updates.
  package init(_ event: Event, stored: BSONDocument?) throws(BadEvent) {
    located = try event.located(stored: stored)
    plans = try AssumedState.allCases.map { state throws(BadEvent) in
      let located = try event.located(stored: stored.map(state.message))
      var needs = EventNeeds()
      located.addNeeds(to: &needs)
      var profileNeeds = ProfileNeeds()
      located.addNeeds(to: &profileNeeds)
      let resolved = located.resolved(with: state.state(for: needs))
      return (try resolved.plan(with: state.profiles(for: profileNeeds)), state)
    }
  }

  /// The dialog that has to be stored because the event does not carry it; `nil` when there is none.
  package var neededDialog: EntityKey? {
    var needs = EventNeeds()
    located.addNeeds(to: &needs)
    return needs.dialogs.first
  }

  package func verdict(on update: StoredUpdate) -> Verdict {
    let versions = plans.compactMap { version(of: update, $0.plan, $0.state) }
    guard versions.count == 2, let content = versions.first?.content else { return .unexpected }
    let kind = content.updateType
    guard update.routingKey.hasPrefix("update.\(kind.category)."),
      update.routingKey.hasSuffix(".\(update.userId.string).\(kind.routingName)")
    else { return .differs("routingKey") }
    guard update.entityId.map(Identifier.init) == content.entityId else { return .differs("entityId") }
    guard let data = update.document.document("data") else { return .differs("data") }
    let drafts = versions.map { $0.document().document("data") ?? .empty }
    return data.firstDifference(from: drafts[0], drafts[1]).map { .differs("data.\($0)") } ?? .fits
  }

  /// The update that the event makes for the recipient of a stored one in the assumed state; `nil` when it
  /// makes none.
  private func version(of update: StoredUpdate, _ plan: EventPlan, _ assumed: AssumedState) -> Update? {
    var needs = ProfileNeeds()
    if update.eventType == EventType.derivedStatistics {
      guard located.mayChangeStatistics(of: update.userId) else { return nil }
      plan.resolved.statistics.addNeeds(of: [update.userId], to: &needs)
      return plan.statisticsUpdates(for: [update.userId], profiles: assumed.profiles(for: needs)).first
    }
    guard update.eventType == located.event.type.rawValue else { return nil }
    let rule = located.recipients
    let named = rule.named.flatMap { $0.userId == update.userId ? [$0] : nil }
    let member = Member(userId: update.userId, record: assumed.member)
    let recipients = named ?? (rule.roster == nil ? [] : rule.among([member]))
    rule.addNeeds(of: recipients, to: &needs)
    return plan.updates(for: recipients, profiles: assumed.profiles(for: needs)).first
  }
}

extension BSONDocument {
  /// The path of the first field that is not as both versions have it; `nil` when there is none. Where the
  /// versions differ, any value is accepted. The same holds where both are null, because the state may have
  /// filled the gap.
  fileprivate func firstDifference(from first: BSONDocument, _ second: BSONDocument) -> String? {
    if bytes == first.bytes, bytes == second.bytes { return nil }
    func members(_ document: BSONDocument) -> [ArraySlice<UInt8>: BSONElement] {
      document.reduce(into: [:]) { $0[$1.keyBytes] = $1 }
    }
    let (mine, theirs) = (members(self), members(second))
    var agreed = 0
    for element in first {
      guard let other = theirs[element.keyBytes] else { continue }
      agreed += 1
      if element.isNull, other.isNull { continue }
      if let left = element.document, let right = other.document {
        guard let own = mine[element.keyBytes]?.document else { return element.key }
        if let path = own.firstDifference(from: left, right) { return "\(element.key).\(path)" }
      } else if element.hasSameValue(as: other) {
        guard let own = mine[element.keyBytes], own.hasSameValue(as: element) else { return element.key }
      }
    }
    // Where the versions have different keys, the state decides about keys, and others are accepted too.
    let keys = members(first)
    guard agreed == keys.count, agreed == theirs.count else { return nil }
    return self.first { keys[$0.keyBytes] == nil }?.key
  }
}
