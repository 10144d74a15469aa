import BSON
import Updates

/// Takes a slice of the events of a round, in which every event occurs once, through the stations.
struct RoundRun {
  private struct Ending {
    var outcome: EventHistory.Outcome
    var updates = 0
    /// Of its ordinary updates.
    var recipients = 0
  }

  private var items: [EventIntake.Item]
  private let resolver: StateResolver
  private let limits: PipelineLimits
  private let watch: StationWatch
  private(set) var outlet: UpdateOutlet
  private let onPassage: EventPassage.Observer?
  private var counts = Tally()
  private var endings: [Ending?]
  private var located: [LocatedEvent?]
  /// How an earlier replay ended these events.
  private var recalled: [EventKey: LedgerEntry] = [:]

  init(
    items: [EventIntake.Item], resolver: StateResolver, limits: PipelineLimits, outlet: UpdateOutlet,
    watch: StationWatch = StationWatch(), onPassage: EventPassage.Observer? = nil
  ) {
    self.items = items
    self.resolver = resolver
    self.limits = limits
    self.watch = watch
    self.outlet = outlet
    self.onPassage = onPassage
    endings = Array(repeating: nil, count: items.count)
    located = Array(repeating: nil, count: items.count)
  }

  var tally: Tally {
    var tally = counts
    tally += outlet.outcome.tally
    return tally
  }

  mutating func handle(deadLetters: any DeadLetters, ledger: (any ReplayLedger)?) async throws {
    if let ledger { recalled = try await ledger.recall(occurrences()) }
    do {
      try await locate()
      try await handleLocated()
      try await outlet.finish()
    } catch {
      // Wait for what is under way: it must not overtake what comes after the failure.
      await outlet.abandon()
      throw error
    }
    watch.note(.planned(recipients: endings.compactMap { $0?.recipients }))
    try await publishWhatIsLeft()
    for (index, item) in items.enumerated() {
      try await end(item, at: index, deadLetters: deadLetters)
    }
    if let ledger { try await ledger.record(ledgerEntries()) }
  }

  // MARK: - Stations

  /// Looks up the stored messages that events need, and puts each event in its dialog.
  private mutating func locate() async throws {
    var lookups: [EntityKey: EventDraft.MessageDetail] = [:]
    var drafts: [(Int, EventDraft)] = []
    for (index, item) in items.enumerated() {
      if let eventKey = item.eventKey, recalled[eventKey] != nil { continue }
      guard case .draft(let draft) = item.kind else { continue }
      drafts.append((index, draft))
      guard let lookup = draft.messageLookup else { continue }
      if lookups[lookup.key] != .content { lookups[lookup.key] = lookup.detail }
    }
    let messages = lookups.isEmpty ? [:] : try await resolver.messages(lookups)
    for (index, draft) in drafts {
      do throws(BadEvent) {
        located[index] = try draft.located(stored: draft.messageLookup.flatMap { messages[$0.key] })
      } catch {
        items[index].kind = .bad(error)
      }
    }
  }

  /// Resolves and plans the events: as many consecutive ones at once as their rosters together allow, and an
  /// event whose dialog alone is too large by itself.
  private mutating func handleLocated() async throws {
    var rest = located.indices.filter { located[$0] != nil }[...]
    var size = rest.count
    while !rest.isEmpty {
      let slice = Array(rest.prefix(size))
      let dialogs = Set(slice.compactMap { located[$0]?.roster })
      let (resolver, limit, request) = (resolver, limits.membersPerRound, request(for: slice))
      // What the events need does not depend on who is in their dialogs.
      async let state = resolver.events(request)
      let rosters = dialogs.isEmpty ? [:] : try await resolver.rosters(dialogs, limit: limit)
      if let rosters {
        let state = try await state
        for smaller in slices(of: slice, rosters: rosters) {
          try await handle(smaller, rosters: rosters, state: state)
        }
        // Assume that the rosters of the following events are like these.
        let members = max(1, rosters.values.reduce(0) { $0 + $1.count })
        size = max(1, slice.count * limits.membersPerRound * 3 / 4 / members)
      } else if dialogs.count > 1 {
        size = max(1, slice.count / 8)
        continue
      } else {
        // They take long, so the state of each is looked up anew when it is its turn.
        for index in slice { try await handleLarge(index) }
      }
      rest = rest.dropFirst(slice.count)
    }
  }

  /// Cuts a slice that has too many recipients for one round although its dialogs have few enough members:
  /// one with many events of the same dialog.
  private func slices(of indices: [Int], rosters: [EntityKey: [Member]]) -> [[Int]] {
    var slices: [[Int]] = [[]]
    var count = 0
    for index in indices {
      let members = located[index]?.roster.flatMap { rosters[$0]?.count } ?? 1
      if count > 0, count + members > limits.membersPerRound {
        slices.append([])
        count = 0
      }
      slices[slices.count - 1].append(index)
      count += members
    }
    return slices
  }

  /// What events need before their recipients are known.
  private func request(for indices: [Int]) -> StateRequest {
    var request = StateRequest()
    for index in indices { located[index]?.request(into: &request) }
    return request
  }

  /// - Parameter eventState: What was found for these events, and maybe for others.
  private mutating func handle(
    _ indices: [Int], rosters: [EntityKey: [Member]], state eventState: StateSnapshot
  ) async throws {
    var state = eventState
    var request = request(for: indices)
    var addressed: [(index: Int, event: LocatedEvent, recipients: [Recipient], users: [Identifier])] = []
    for index in indices {
      guard let event = located[index] else { continue }
      let members = event.roster.flatMap { rosters[$0] } ?? []
      let recipients = event.allRecipients(among: members)
      let users = event.allStatisticsUsers(among: members, state: state)
      event.request(for: recipients, into: &request)
      event.request(forStatistics: users, into: &request)
      addressed.append((index, event, recipients, users))
    }
    try await resolver.recipients(request, into: &state)
    var planning = 0.0
    for (index, event, recipients, users) in addressed {
      var start = watch.start()
      guard let plan = plan(event, at: index, state: state) else { continue }
      endings[index]?.recipients = recipients.count
      for slice in recipients.slices(of: limits.membersPerSlice) {
        let updates = plan.updates(for: slice, state: state)
        planning += watch.elapsed(since: start)
        try await take(updates, at: index)
        start = watch.start()
      }
      let updates = plan.statisticsUpdates(for: users, state: state)
      planning += watch.elapsed(since: start)
      try await take(updates, at: index)
    }
    watch.note(.passed(.plan, milliseconds: planning))
  }

  /// Handles an event whose dialog may have any number of members. They are read page by page, and only the
  /// ids of those who get statistics are kept until all have their ordinary updates.
  private mutating func handleLarge(_ index: Int) async throws {
    guard let event = located[index] else { return }
    var eventRequest = StateRequest()
    event.request(into: &eventRequest)
    let eventState = try await resolver.events(eventRequest)
    let roster: (any Roster)? =
      if let dialog = event.roster {
        try await resolver.roster(of: dialog, pageSize: limits.membersPerSlice)
      } else { nil }
    var members: [Member] = []
    var users: [Identifier] = event.statisticsSubject.map { [$0] } ?? []
    var plan: EventPlan?
    repeat {
      members = if let roster { try await resolver.next(of: roster) } else { [] }
      let recipients =
        plan == nil ? event.allRecipients(among: members) : event.recipients(among: members)
      users += event.statisticsUsers(among: members, state: eventState)
      var state = eventState
      var request = plan == nil ? eventRequest : StateRequest()
      event.request(for: recipients, into: &request)
      try await resolver.recipients(request, into: &state)
      if plan == nil {
        plan = self.plan(event, at: index, state: state)
        if plan == nil { return }
      }
      endings[index]?.recipients += recipients.count
      let start = watch.start()
      let updates = plan?.updates(for: recipients, state: state) ?? []
      watch.pass(.plan, since: start)
      try await take(updates, at: index)
    } while !members.isEmpty
    for slice in users.slices(of: limits.membersPerSlice) {
      var state = eventState
      var request = StateRequest()
      event.request(forStatistics: slice, into: &request)
      try await resolver.recipients(request, into: &state)
      try await take(plan?.statisticsUpdates(for: slice, state: state) ?? [], at: index)
    }
  }

  private mutating func plan(_ event: LocatedEvent, at index: Int, state: StateSnapshot) -> EventPlan? {
    do throws(BadEvent) {
      let plan = try event.plan(with: state)
      endings[index] = Ending(outcome: .handled)
      onPassage?(EventPassage(station: .planned, header: items[index].header))
      return plan
    } catch {
      items[index].kind = .bad(error)
      return nil
    }
  }

  private mutating func take(_ updates: [Update], at index: Int) async throws {
    guard let eventKey = items[index].eventKey else { return }
    endings[index]?.updates += updates.count
    try await outlet.take(updates, of: eventKey, trace: items[index].delivery.trace)
  }

  /// Publishes what an earlier attempt has left: events that were seen before may have updates that were
  /// stored but never confirmed (spec section 4).
  private mutating func publishWhatIsLeft() async throws {
    var seenBefore: [Identifier: [ObjectId: TraceContext]] = [:]
    for item in items {
      guard let eventKey = item.eventKey else { continue }
      if recalled[eventKey] != nil || item.delivery.isRedelivered
        || outlet.outcome.storedBefore.contains(eventKey)
      {
        seenBefore[eventKey.tenantId, default: [:]][eventKey.eventId] = item.delivery.trace
      }
    }
    for (tenantId, events) in seenBefore {
      try await outlet.publishUnpublished(of: events, tenantId: tenantId)
    }
  }

  // MARK: - The end of each event

  private mutating func end(
    _ item: EventIntake.Item, at index: Int, deadLetters: any DeadLetters
  ) async throws {
    let entry = item.eventKey.flatMap { recalled[$0] }
    if let entry {
      counts.handledBefore += 1
      counts.alreadyStored += entry.updates
    }
    if let reason = badness(of: item, recalled: entry) {
      counts.badEvents[reason.code, default: 0] += 1
      endings[index] = Ending(outcome: .bad(reason.description), updates: endings[index]?.updates ?? 0)
      CrashPoint.pass(.burying)
      try await deadLetters.bury(item.delivery, because: reason)
      CrashPoint.pass(.buried)
      onPassage?(EventPassage(station: .buried, header: item.header))
    } else if let name = item.header?.typeName {
      if case .ignored = item.kind {
        endings[index] = Ending(outcome: .ignored)
        counts.ignored[name, default: 0] += 1
        onPassage?(EventPassage(station: .ignored, header: item.header))
      } else {
        counts.events[name, default: 0] += 1
        let updates = endings[index]?.updates ?? entry?.updates ?? 0
        onPassage?(EventPassage(station: .shipped(updates: updates), header: item.header))
      }
    }
  }

  private func badness(of item: EventIntake.Item, recalled entry: LedgerEntry?) -> BadEvent? {
    if case .bad(let reason) = entry?.history.outcome { return BadEvent(nil, reason, .other) }
    if case .bad(let error) = item.kind { return error }
    return item.eventKey.flatMap { outlet.outcome.refused[$0] }.map { BadEvent(nil, $0, .unstorable) }
  }

  private func occurrences() -> [(eventKey: EventKey, content: BSONDocument)] {
    items.compactMap { item in
      guard let eventKey = item.eventKey, let header = item.header else { return nil }
      return (eventKey, header.document)
    }
  }

  private func ledgerEntries() -> [(entry: LedgerEntry, content: BSONDocument)] {
    items.indices.compactMap { index in
      guard let eventKey = items[index].eventKey, recalled[eventKey] == nil, let ending = endings[index],
        let header = items[index].header
      else { return nil }
      let entry = LedgerEntry(
        eventId: eventKey.eventId,
        history: EventHistory(
          tenantId: eventKey.tenantId, eventType: header.typeName,
          dialogId: located[index]?.dialog?.id.string, outcome: ending.outcome),
        updates: ending.updates)
      return (entry, header.document)
    }
  }
}

extension LocatedEvent {
  /// The named recipient, then those among the members.
  fileprivate func allRecipients(among members: [Member]) -> [Recipient] {
    (namedRecipient.map { [$0] } ?? []) + recipients(among: members)
  }

  /// The subject of the statistics, then those among the members for whom they change.
  fileprivate func allStatisticsUsers(among members: [Member], state: StateSnapshot) -> [Identifier] {
    (statisticsSubject.map { [$0] } ?? []) + statisticsUsers(among: members, state: state)
  }
}

extension Array {
  /// Consecutive slices of at most `size` elements.
  fileprivate func slices(of size: Int) -> [[Element]] {
    if count <= size { return isEmpty ? [] : [self] }
    return stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
