import Updates

/// The next round is chosen, looked up and planned.
extension RoundFlow {
  /// Makes the next round; `nil` when nothing is left to be taken.
  mutating func prepare() async throws -> Round? {
    let start = pipeline.shipping.clock.now()
    try await admit()
    try await locate()
    let most = size.updates
    var count = 1 + Int(Double(most) / meanUpdates)
    while true {
      let events = schedule.next(atMost: count)
      if events.isEmpty { return nil }
      if try await load(events, most: most) {
        var round = try await makeRound(of: events, most: most)
        round.preparation = pipeline.shipping.clock.now() - start
        return round
      }
      count = max(1, min(count, events.count) / 8)
    }
  }

  /// Opens the deliveries that have arrived, up to one of an event that is open already: its second occurrence must find
  /// the updates that the first has stored. If the first is a large one, others pass.
  private mutating func admit() async throws {
    if arrived.isEmpty { return }
    var admitted: [(item: EventIntake.Item, openedAt: Double)] = []
    var waiting: [(item: EventIntake.Item, openedAt: Double)] = []
    var keys: Set<EventKey> = []
    for (index, delivery) in arrived.enumerated() {
      if let eventKey = delivery.item.eventKey {
        if let first = numbers[eventKey], schedule.isLarge(first) {
          waiting.append(delivery)
          continue
        }
        if numbers[eventKey] != nil || !keys.insert(eventKey).inserted {
          waiting += arrived[index...]
          break
        }
      }
      admitted.append(delivery)
    }
    let recalled = try await pipeline.ledger?.recall(
      admitted.compactMap { delivery in
        guard let eventKey = delivery.item.eventKey, let header = delivery.item.header else { return nil }
        return (eventKey, header.document)
      })
    for (item, openedAt) in admitted {
      lastNumber += 1
      let earlier = item.eventKey.flatMap { recalled?[$0] }
      open[lastNumber] = OpenEvent(item, openedAt: openedAt, recalled: earlier)
      if let eventKey = item.eventKey { numbers[eventKey] = lastNumber }
      unlocated.append(lastNumber)
    }
    arrived = waiting
  }

  /// Looks up the stored messages that events need, and puts each event into its dialog.
  private mutating func locate() async throws {
    if unlocated.isEmpty { return }
    var needs: [EntityKey: MessageDetail] = [:]
    for number in unlocated {
      guard let need = open[number]?.messageNeed else { continue }
      if needs[need.key] != .content { needs[need.key] = need.detail }
    }
    let messages = needs.isEmpty ? [:] : try await pipeline.resolver.messages(needs)
    for number in unlocated {
      open[number]?.locate(among: messages)
      schedule.open(number, in: open[number]?.dialog)
    }
    unlocated = []
  }

  /// Finds out for whom the next updates of these events are, and what the events need.
  ///
  /// - Returns: Whether that was possible; false when the dialogs together have too many members.
  private mutating func load(_ events: [Int], most: Int) async throws -> Bool {
    let new = events.filter { open[$0]?.audience == nil }
    if !new.isEmpty {
      var needs = EventNeeds()
      var dialogs: Set<EntityKey> = []
      for number in new {
        open[number]?.addNeeds(to: &needs)
        guard let dialog = open[number]?.located?.recipients.roster else { continue }
        // Large ones always come along, so their rosters must not make the others look too many.
        if schedule.isLarge(number) { largeDialogs.insert(dialog) }
        if !largeDialogs.contains(dialog) { dialogs.insert(dialog) }
      }
      let (resolver, request) = (pipeline.resolver, needs)
      // What this round does not take is left for the next.
      let limit = 2 * pipeline.limits.updatesPerRound.upperBound
      // What the events need does not depend on who is in their dialogs.
      async let found = resolver.state(for: request)
      let rosters = dialogs.isEmpty ? [:] : try await resolver.rosters(dialogs, limit: limit)
      let state = try await found
      for number in new { open[number]?.resolve(with: state) }
      if rosters == nil {
        if dialogs.count > 1 { return false }
        largeDialogs.formUnion(dialogs)
      }
      for number in new { open[number]?.makeAudience(among: rosters ?? [:], without: largeDialogs) }
    }
    for number in events where open[number]?.audience?.isComplete == false {
      try await readPages(of: number, most: most)
    }
    var updates = 0
    for number in events {
      guard let audience = open[number]?.audience else { continue }
      updates += min(most, audience.count)
      schedule.learn(
        number, rest: audience.count, hasMore: !audience.isComplete, isLarge: audience.count > most)
    }
    meanUpdates = max(1, (3 * meanUpdates + Double(updates) / Double(events.count)) / 4)
    return true
  }

  /// Reads members of a dialog that may have any number of them, as many as a round may take.
  private mutating func readPages(of number: Int, most: Int) async throws {
    while let event = open[number], let resolved = event.resolved, let dialog = resolved.recipients.roster,
      let audience = event.audience, !audience.isComplete, audience.count < most
    {
      let roster: any Roster
      if let open = audience.roster {
        roster = open
      } else {
        roster = try await pipeline.resolver.roster(
          of: dialog, after: audience.last, pageSize: most)
        open[number]?.audience?.roster = roster
      }
      let members = try await pipeline.resolver.next(of: roster)
      open[number]?.audience?.read(members)
      open[number]?.audience?.add(
        recipients: resolved.recipients.among(members), users: resolved.statistics.among(members))
    }
  }

  /// Takes the shares of the round, looks up their recipients and makes the updates.
  private mutating func makeRound(of events: [Int], most: Int) async throws -> Round {
    var round = Round()
    var parts: [Audience.Part] = []
    let shares = schedule.takeRound(of: events, holding: most)
    var needs = ProfileNeeds(recipients: shares.reduce(0) { $0 + $1.updates })
    for share in shares {
      guard let event = open[share.event],
        let part = open[share.event]?.audience?.take(share.updates)
      else { continue }
      round.taken.append((share, event))
      parts.append(part)
      event.addNeeds(of: part, to: &needs)
    }
    let profiles: Profiles
    do {
      profiles = try await pipeline.resolver.profiles(for: needs)
    } catch {
      putBack(round)
      throw error
    }
    let start = pipeline.watch.start()
    for (index, part) in parts.enumerated() {
      if round.byteCount >= pipeline.limits.bytesPerRound {
        putBack(from: index, of: &round)
        break
      }
      add(part, of: round.taken[index].share.event, profiles: profiles, to: &round)
    }
    pipeline.watch.pass(.plan, since: start)
    let recipients = round.ending.compactMap { open[$0] }.filter { $0.plan != nil }.map(\.recipients)
    if !recipients.isEmpty { pipeline.watch.note(.planned(recipients: recipients)) }
    return round
  }

  /// Adds updates of an event to a round. What makes the round too large goes back.
  private mutating func add(
    _ part: Audience.Part, of number: Int, profiles: Profiles, to round: inout Round
  ) {
    guard var event = open[number] else { return }
    if let updates = event.updates(for: part, profiles: profiles, pipeline.onPassage),
      let eventKey = event.item.eventKey, !updates.isEmpty
    {
      let origin = UpdateShipping.Origin(eventKey, trace: event.item.delivery.trace)
      var added = 0
      for update in updates {
        let bytes = update.byteCount
        if !round.entries.isEmpty, round.byteCount + bytes > pipeline.limits.bytesPerRound { break }
        round.entries.append(UpdateShipping.Entry(update: update, origin: origin))
        round.byteCount += bytes
        added += 1
      }
      event.updates += added
      event.recipients += min(added, part.recipients.count)
      if added < updates.count {
        event.audience?.putBack(part.dropFirst(added))
        schedule.putBack(RoundSchedule.Share(event: number, updates: updates.count - added))
        round.shrink(number, to: added)
        // Nothing more goes into this round.
        round.byteCount = max(round.byteCount, pipeline.limits.bytesPerRound)
      }
    }
    open[number] = event
    guard let audience = event.audience, audience.isComplete, audience.count == 0 else { return }
    if case .bad = event.phase { schedule.drop(number) }
    round.ending.append(number)
  }

  /// Gives back the shares from this one on.
  private mutating func putBack(from index: Int, of round: inout Round) {
    var rest = Round()
    rest.taken = Array(round.taken[index...])
    round.taken.removeSubrange(index...)
    putBack(rest)
  }
}
