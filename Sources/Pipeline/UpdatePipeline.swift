package import BSON
package import Updates

/// The one way that every event goes: it is decoded, resolved and planned, and its updates are stored,
/// published and marked (docs/architecture.md). Whoever composes the pipeline chooses its ends: a broker and
/// a database, or a file. Used by one task at a time.
package struct UpdatePipeline: Sendable {
  private let resolver: StateResolver
  private let shipping: UpdateShipping
  private let deadLetters: any DeadLetters
  private let ledger: (any ReplayLedger)?
  private let limits: PipelineLimits
  private let watch: StationWatch
  private let onPassage: EventPassage.Observer?

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

  /// Handles everything that the source has, round by round, and calls `observer` after each round.
  package func run(
    _ source: any EventSource, observer: @Sendable (Tally, [Unsendable]) async -> Void
  ) async throws {
    while true {
      let deliveries = try await source.next(limit: limits.eventsPerRound)
      guard let last = deliveries.last else { return }
      let (tally, unsendable) = try await handle(deliveries)
      try await source.acknowledge(through: last.tag)
      await observer(tally, unsendable)
    }
  }

  /// An update that is stored but cannot be published because of what it contains, and why.
  package typealias Unsendable = (id: ObjectId, type: UpdateType?, reason: String)

  /// Handles a round of consecutive deliveries. Returns when all their updates are stored, confirmed and
  /// marked, and the bad events are buried.
  package func handle(_ deliveries: [Delivery]) async throws -> (Tally, [Unsendable]) {
    var tally = Tally()
    var unsendable: [Unsendable] = []
    let start = watch.start()
    let items = deliveries.map(EventIntake.decode)
    watch.pass(.decode, since: start)
    watch.note(.decoded(createdAt: items.compactMap(\.createdAt)))
    if let onPassage {
      for item in items { onPassage(EventPassage(station: .decoded, header: item.header)) }
    }
    CrashPoint.pass(.decoded)
    for slice in EventIntake.slices(items) {
      var run = RoundRun(
        items: Array(slice), resolver: resolver, limits: limits,
        outlet: UpdateOutlet(ends: shipping, limits: limits), watch: watch, onPassage: onPassage)
      try await run.handle(deadLetters: deadLetters, ledger: ledger)
      tally += run.tally
      unsendable += run.outlet.outcome.unsendable
    }
    return (tally, unsendable)
  }
}
