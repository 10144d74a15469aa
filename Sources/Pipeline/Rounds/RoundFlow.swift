import BSON
import Updates

/// Takes open events through the stations, round by round. While one round is stored and published, the next is looked
/// up and planned; while one is marked, the next is stored. Rounds are published in order, each once all before it are
/// marked. Used by one task at a time.
package struct RoundFlow: Sendable {
  /// What has been done.
  package struct Settled: Sendable {
    /// The tags of the deliveries that are done with.
    package var tags: [UInt64] = []
    /// When their events were made, of those that tell, in milliseconds since 1970.
    package var createdAt: [Double] = []
    package var tally = Tally()
    package var unsendable: [UpdatePipeline.Unsendable] = []
  }

  /// A round that is being stored and published.
  private struct Flight {
    let round: Round
    let task: Task<Landing, any Error>
  }

  /// How the publication of a round ended.
  private struct Landing {
    var sent: UpdateShipping.Sent
    var outcome: UpdateShipping.Outcome
    /// How long it took, in milliseconds.
    var duration: Double
  }

  /// A round that is published, while its updates are marked and its events are brought to their end.
  private struct Marking {
    let round: Round
    let outcome: UpdateShipping.Outcome
    let task: Task<UpdateShipping.Outcome, any Error>
  }

  /// So many rounds are many for what waits.
  private static let crowd = 4.0

  let pipeline: UpdatePipeline
  var schedule: RoundSchedule
  var size: RoundSize
  /// Deliveries that are not opened yet: new ones, and those of an event of which an earlier one is open.
  var arrived: [(item: EventIntake.Item, openedAt: Double)] = []
  /// By their numbers.
  var open: [Int: OpenEvent] = [:]
  /// The numbers of open events.
  var numbers: [EventKey: Int] = [:]
  /// The numbers of events that have not been put into their dialogs yet.
  var unlocated: [Int] = []
  var lastNumber = 0
  /// Dialogs that had more members than a round holds.
  var largeDialogs: Set<EntityKey> = []
  /// How many updates the events of the last rounds had, on average.
  var meanUpdates = 1.0
  private var underWay: Flight?
  private var marking: Marking?
  private var settled = Settled()

  init(_ pipeline: UpdatePipeline) {
    self.pipeline = pipeline
    size = RoundSize(pipeline.limits)
    schedule = RoundSchedule(letsOthersPass: pipeline.limits.letsOthersPass)
  }

  // MARK: - What is open

  /// How many deliveries are open.
  package var count: Int { open.count + arrived.count }

  package var isEmpty: Bool { count == 0 }

  /// Whether a round is being stored, published or marked.
  package var isUnderWay: Bool { underWay != nil || marking != nil }

  /// When the oldest of the open deliveries was taken up, in milliseconds since 1970; `nil` when there is none.
  package var openSince: Double? {
    [open.values.lazy.map(\.openedAt).min(), arrived.lazy.map(\.openedAt).min()].compactMap { $0 }.min()
  }

  /// Takes deliveries up, which must come after all before.
  package mutating func open(_ deliveries: [Delivery]) {
    if deliveries.isEmpty { return }
    let start = pipeline.watch.start()
    let items = deliveries.map(EventIntake.decode)
    pipeline.watch.pass(.decode, since: start)
    pipeline.watch.note(.decoded(createdAt: items.compactMap(\.createdAt)))
    if let onPassage = pipeline.onPassage {
      for item in items { onPassage(EventPassage(station: .decoded, header: item.header)) }
    }
    CrashPoint.pass(.decoded)
    let now = pipeline.shipping.clock.now()
    arrived += items.map { ($0, now) }
  }

  /// Forgets all that is open, because it will be delivered again. Returns once nothing is under way.
  package mutating func abandon() async {
    await retreat()
    schedule = RoundSchedule(letsOthersPass: pipeline.limits.letsOthersPass)
    (open, numbers, arrived, unlocated) = ([:], [:], [], [])
  }

  /// Removes and returns what has been done since the last time.
  package mutating func takeSettled() -> Settled {
    defer { settled = Settled() }
    return settled
  }

  // MARK: - Rounds

  /// Goes one round on: starts the next one, if there is any, and returns when the one before it is marked. After an
  /// error nothing is under way, and what is not done is open as before.
  package mutating func advance() async throws {
    var next: Round?
    do {
      next = try await prepare()
      try await land()
      if let round = next {
        launch(round)
        next = nil
      }
      try await finishMarking()
    } catch {
      if let next { putBack(next) }
      await retreat()
      throw error
    }
  }

  private mutating func launch(_ round: Round) {
    let (shipping, before) = (pipeline.shipping, marking?.task)
    let task = Task {
      let start = shipping.clock.now()
      let stored = round.entries.isEmpty ? UpdateShipping.Stored() : try await shipping.store(round.entries)
      let storing = shipping.clock.now() - start
      // Should the round before have to be published again, then it comes before this one.
      _ = try await before?.value
      let publishing = shipping.clock.now()
      let sent = try await shipping.publish(stored.messages, at: stored.publishedAt)
      var outcome = stored.outcome
      outcome += sent.outcome
      return Landing(
        sent: sent, outcome: outcome, duration: storing + shipping.clock.now() - publishing)
    }
    underWay = Flight(round: round, task: task)
  }

  /// Waits until the round under way is published, and starts to mark it.
  private mutating func land() async throws {
    guard let flight = underWay else { return }
    let landing = try await flight.task.value
    underWay = nil
    marking = mark(landing, of: flight.round)
  }

  private mutating func mark(_ landing: Landing, of round: Round) -> Marking {
    // Rounds overlap, so that the longer half is the time from one to the next. What passes an event of many rounds waits
    // for both halves of each, and gets smaller ones.
    let most = pipeline.limits.updatesPerRound.upperBound
    let isPassed = round.taken.contains { _, before in
      before.audience.map { !$0.isComplete || $0.count > most } ?? false
    }
    let preparation = round.preparation
    let waiting = Double(open.count - round.ending.count) * meanUpdates
    size.note(
      round.entries.count,
      took: isPassed ? landing.duration + preparation : max(landing.duration, preparation),
      isCrowded: !isPassed && waiting > Self.crowd * Double(size.updates))
    for (share, _) in round.taken {
      guard let eventKey = open[share.event]?.item.eventKey else { continue }
      if landing.outcome.storedBefore.contains(eventKey) { open[share.event]?.wasStoredBefore = true }
      if let reason = landing.outcome.refused[eventKey], open[share.event]?.refusal == nil {
        open[share.event]?.refusal = reason
      }
    }
    let (pipeline, ending) = (pipeline, round.ending.compactMap { open[$0] })
    let task = Task {
      try await pipeline.shipping.mark(landing.sent)
      return try await pipeline.finish(ending, tried: Set(landing.outcome.unsendable.map(\.id)))
    }
    return Marking(round: round, outcome: landing.outcome, task: task)
  }

  private mutating func finishMarking() async throws {
    guard let marking else { return }
    settle(marking, left: try await marking.task.value)
    self.marking = nil
  }

  private mutating func settle(_ marking: Marking, left: UpdateShipping.Outcome) {
    for outcome in [marking.outcome, left] {
      settled.tally += outcome.tally
      settled.unsendable += outcome.unsendable
    }
    for number in marking.round.ending {
      guard let event = open.removeValue(forKey: number) else { continue }
      schedule.close(number)
      if let eventKey = event.item.eventKey { numbers[eventKey] = nil }
      settled.tags.append(event.item.delivery.tag)
      if let time = event.createdAt { settled.createdAt.append(time) }
      settled.tally.count(event)
      event.tell(pipeline.onPassage)
    }
    if open.isEmpty { largeDialogs = [] }
  }

  /// Waits for what is under way. What fails of it is open again, as it was before.
  private mutating func retreat() async {
    var failed: [Round] = []
    if let marking {
      self.marking = nil
      switch await marking.task.result {
      case .success(let left): settle(marking, left: left)
      case .failure: failed.append(marking.round)
      }
    }
    if let flight = underWay {
      underWay = nil
      if case .success(let landing) = await flight.task.result {
        let marking = mark(landing, of: flight.round)
        switch await marking.task.result {
        case .success(let left): settle(marking, left: left)
        case .failure: failed.append(flight.round)
        }
      } else {
        failed.append(flight.round)
      }
    }
    for round in failed.reversed() { putBack(round) }
    for number in open.keys {
      open[number]?.forgetLookUps()
      if open[number]?.audience == nil { schedule.unlearn(number) }
    }
    largeDialogs = []
  }

  /// Gives back what a round has taken.
  mutating func putBack(_ round: Round) {
    for (share, before) in round.taken.reversed() {
      schedule.putBack(share)
      var event = before
      // What is known of updates that are stored stays true.
      event.refusal = before.refusal ?? open[share.event]?.refusal
      event.wasStoredBefore = before.wasStoredBefore || open[share.event]?.wasStoredBefore == true
      open[share.event] = event
    }
  }
}

extension Tally {
  /// Counts an event that is done.
  fileprivate mutating func count(_ event: OpenEvent) {
    if let entry = event.recalled {
      handledBefore += 1
      alreadyStored += entry.updates
    }
    if let reason = event.badness {
      badEvents[reason.code, default: 0] += 1
    } else if let name = event.item.header?.typeName {
      if case .ignored = event.item.kind {
        ignored[name, default: 0] += 1
      } else {
        events[name, default: 0] += 1
      }
    }
  }
}

extension OpenEvent {
  /// Tells of its end.
  fileprivate func tell(_ onPassage: EventPassage.Observer?) {
    guard let onPassage else { return }
    let station: EventPassage.Station
    if badness != nil {
      station = .buried
    } else if case .ignored = item.kind {
      station = .ignored
    } else {
      station = .shipped(updates: recalled?.updates ?? updates)
    }
    onPassage(EventPassage(station: station, header: item.header))
  }
}
