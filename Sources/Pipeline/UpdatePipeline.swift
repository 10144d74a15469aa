package import BSON
package import Updates

/// The one way that every event goes: it is decoded, resolved and planned, and its updates are stored,
/// published and marked (docs/architecture.md). Whoever composes the pipeline chooses its ends: a broker and
/// a database, or a file. Used by one task at a time.
package final class UpdatePipeline: Sendable {
  let resolver: StateResolver
  let shipping: UpdateShipping
  private let deadLetters: any DeadLetters
  let ledger: (any ReplayLedger)?
  let limits: PipelineLimits
  let watch: StationWatch
  let onPassage: EventPassage.Observer?

  /// Without a publisher nothing is published, and updates stay unpublished. Without a ledger every delivery
  /// is handled, however often it comes. `onPassage` hears of every event at each station.
  package init(
    directory: any Directory, store: any UpdateStore, publisher: (any UpdatePublisher)?,
    deadLetters: any DeadLetters, ledger: (any ReplayLedger)? = nil,
    limits: PipelineLimits = PipelineLimits(),
    clock: UpdateClock = UpdateClock(), observer: (any WorkObserver)? = nil,
    onPassage: EventPassage.Observer? = nil
  ) {
    watch = StationWatch(clock: clock, observer: observer)
    resolver = StateResolver(directory: directory, watch: watch)
    shipping = UpdateShipping(store: store, publisher: publisher, clock: clock, watch: watch)
    self.deadLetters = deadLetters
    self.ledger = ledger
    self.limits = limits
    self.onPassage = onPassage
  }

  /// An update that is stored but cannot be published because of what it contains, and why.
  package typealias Unsendable = (id: ObjectId, type: UpdateType?, reason: String)

  /// Handles everything that the source has, with as many events open as may be, and calls `observer` with what has been
  /// done since the last time.
  package func run(
    _ source: any EventSource, observer: @Sendable (Tally, [Unsendable]) async -> Void
  ) async throws {
    var flow = flow()
    while true {
      if flow.isEmpty {
        let deliveries = try await source.next(limit: limits.openEvents)
        if deliveries.isEmpty { return }
        flow.open(deliveries)
      } else if flow.count < limits.openEvents {
        flow.open(try await source.arrived(limit: limits.openEvents - flow.count))
      }
      try await flow.advance()
      let settled = flow.takeSettled()
      if !settled.tags.isEmpty { try await source.acknowledge(settled.tags) }
      if settled.tally != Tally() { await observer(settled.tally, settled.unsendable) }
    }
  }

  /// Handles consecutive deliveries. Returns when all their updates are stored, confirmed and marked, and the bad events
  /// are buried.
  package func handle(_ deliveries: [Delivery]) async throws -> RoundFlow.Settled {
    var flow = flow()
    flow.open(deliveries)
    while !flow.isEmpty { try await flow.advance() }
    return flow.takeSettled()
  }

  /// The way of events that arrive one after another.
  package func flow() -> RoundFlow { RoundFlow(self) }

  /// Brings events to their end whose updates are stored and, where they were made now, published and marked.
  ///
  /// - Parameter tried: Updates that have just turned out to be unsendable.
  func finish(_ events: [OpenEvent], tried: Set<ObjectId>) async throws -> UpdateShipping.Outcome {
    let left = try await publishWhatIsLeft(of: events, tried: tried)
    for event in events {
      guard let reason = event.badness else { continue }
      CrashPoint.pass(.burying)
      try await deadLetters.bury(event.item.delivery, because: reason)
      CrashPoint.pass(.buried)
    }
    if let ledger { try await ledger.record(events.compactMap(\.ledgerEntry)) }
    return left
  }

  /// Publishes what an earlier attempt has left: events that were seen before may have updates that were
  /// stored but never confirmed (spec section 4).
  private func publishWhatIsLeft(
    of events: [OpenEvent], tried: Set<ObjectId>
  ) async throws -> UpdateShipping.Outcome {
    var seenBefore: [Identifier: [ObjectId: TraceContext]] = [:]
    for event in events where event.wasSeenBefore {
      guard let eventKey = event.item.eventKey else { continue }
      seenBefore[eventKey.tenantId, default: [:]][eventKey.eventId] = event.item.delivery.trace
    }
    var outcome = UpdateShipping.Outcome()
    for (tenantId, events) in seenBefore {
      outcome += try await shipping.publishUnpublished(
        of: events, tenantId: tenantId, without: tried, pageSize: limits.updatesPerRound.upperBound)
    }
    return outcome
  }
}

extension OpenEvent {
  /// How its handling ended, for the ledger; `nil` if the ledger has it, or it has no key.
  fileprivate var ledgerEntry: (entry: LedgerEntry, content: BSONDocument)? {
    guard recalled == nil, let eventKey = item.eventKey, let header = item.header else { return nil }
    let outcome: EventHistory.Outcome
    if let badness {
      outcome = .bad(badness.description)
    } else if case .ignored = item.kind {
      outcome = .ignored
    } else {
      outcome = .handled
    }
    let history = EventHistory(
      tenantId: eventKey.tenantId, eventType: header.typeName, dialogId: dialog?.id.string,
      outcome: outcome)
    return (LedgerEntry(eventId: eventKey.eventId, history: history, updates: updates), header.document)
  }
}
