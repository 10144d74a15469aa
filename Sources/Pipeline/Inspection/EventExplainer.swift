import BSON
package import Updates

/// Takes an event through the stations as far as the plan, by the state as it is now, and notes what it finds. Nothing
/// is stored or sent.
package struct EventExplainer: Sendable {
  /// How many members of the dialog are looked at, at most.
  package static let mostMembers = 1000

  private let store: any Directory & MembershipCatalog
  private let resolver: StateResolver
  private let mostMembers: Int

  package init(_ store: any Directory & MembershipCatalog, mostMembers: Int = Self.mostMembers) {
    self.store = store
    resolver = StateResolver(directory: store)
    self.mostMembers = mostMembers
  }

  /// Explains an event that is stored, archived or handed in.
  ///
  /// - Parameter others: Users who are looked at whether or not the event concerns them.
  package func explain(
    _ content: Delivery.Content, and others: [Identifier] = []
  ) async throws -> EventExplanation {
    let item = EventIntake.decode(Delivery(content: content, tag: 0))
    var explanation = EventExplanation(item.header)
    switch item.kind {
    case .ignored: explanation.outcome = .ignored
    case .bad(let error): explanation.outcome = .bad(error)
    case .event(let event):
      do {
        try await explain(event, others, &explanation)
      } catch let error as BadEvent {
        explanation.outcome = .bad(error)
      }
    }
    return explanation
  }

  private func explain(
    _ event: Event, _ others: [Identifier], _ explanation: inout EventExplanation
  ) async throws {
    var stored: BSONDocument?
    if let need = event.messageNeed {
      stored = try await resolver.messages([need.key: need.detail])[need.key]
      explanation.lookUps.append(need.lookUp(isFound: stored != nil))
    }
    let located = try event.located(stored: stored)
    explanation.location = located.location

    var needs = EventNeeds()
    located.addNeeds(to: &needs)
    let state = try await resolver.state(for: needs)
    explanation.lookUps += needs.lookUps(state)
    let resolved = located.resolved(with: state)
    let concerned = try await people(of: resolved, and: others, &explanation)

    let recipients = concerned.compactMap(resolved.recipient)
    let users = concerned.filter(\.statistics.getsUpdate).map(\.userId)
    var profileNeeds = ProfileNeeds()
    located.addNeeds(to: &profileNeeds)
    resolved.recipients.addNeeds(of: recipients, to: &profileNeeds)
    resolved.statistics.addNeeds(of: users, to: &profileNeeds)
    let profiles = try await resolver.profiles(for: profileNeeds)
    explanation.lookUps += profileNeeds.lookUps(profiles)

    // Also when it turns out to be a bad one, it is told whom it would have concerned.
    explanation.people = concerned.map { .init(concerned: $0, updates: []) }
    let plan = try resolved.plan(with: profiles)
    let made =
      plan.updates(for: recipients, profiles: profiles)
      + plan.statisticsUpdates(for: users, profiles: profiles)
    let updates = Dictionary(grouping: made, by: \.userId)
    explanation.people = concerned.map { .init(concerned: $0, updates: updates[$0.userId] ?? []) }
  }

  /// Whom the event names, then the members of its dialog, then the others.
  private func people(
    of resolved: ResolvedEvent, and others: [Identifier], _ explanation: inout EventExplanation
  ) async throws -> [Concerned] {
    let named = resolved.located.peopleNamed
    guard let dialog = resolved.located.dialog else {
      return unique(named + others).map { resolved.concerned($0, record: nil) }
    }
    let found = try await store.members(of: dialog, limit: mostMembers + 1)
    explanation.hasMoreMembers = found.count > mostMembers
    let members = Array(found.prefix(mostMembers))
    explanation.lookUps.append(
      LookUp("dialogmembers", "of \(dialog.id), active or not", found: members.count))
    var records = Dictionary(members.map { ($0.userId, $0.record) }) { first, _ in first }
    let missing = explanation.hasMoreMembers ? Set(named + others).filter { records[$0] == nil } : []
    if !missing.isEmpty {
      let keys = Set(missing.map { MemberKey(dialog: dialog, userId: $0) })
      for (key, record) in try await store.memberships(keys) { records[key.userId] = record }
    }
    return unique(named + members.map(\.userId) + others).map { resolved.concerned($0, record: records[$0]) }
  }

  private func unique(_ users: [Identifier]) -> [Identifier] {
    var seen: Set<Identifier> = []
    return users.filter { seen.insert($0).inserted }
  }
}
