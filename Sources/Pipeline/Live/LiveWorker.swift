import Synchronization
import Updates

/// Runs the pipeline on a live source and publisher for months: waits out outages, keeps its place, and stops
/// in good order (spec section 7). One task runs it; ``stop()`` may be called from anywhere.
package actor LiveWorker {
  let source: any LiveEventSource
  let publisher: any LivePublisher
  private let pipeline: UpdatePipeline
  private let prepareStore: @Sendable () async throws -> Void
  private let background: (any BackgroundTask)?
  private let openEvents: Int
  let waits: Bool
  /// How long pauses are when an outage begins.
  let pauses: RetryPause
  /// The pauses of the outage that the worker waits out.
  var upcomingPauses: RetryPause
  let notice: @Sendable (WorkerNotice) -> Void

  var isStopping = false
  var isWaiting = false
  var pause: Task<Void, any Error>?
  private var backgroundWork: Task<Void, Never>?
  private let clock: UpdateClock
  /// What the pauses are measured with.
  let timer: any Clock<Duration>
  let random: @Sendable () -> Double
  let watch: StationWatch
  /// The reconnection of the publisher of an idle worker, while it is under way.
  private var tending: Task<Void, any Error>?
  /// Whether everything that the worker needs has been there once.
  private var isStarted = false
  /// When the oldest open event was taken up, in milliseconds since 1970; `nil` when there is none.
  private var inHandSince: Double?

  /// `publisher` must be the one that `pipeline` was composed with. `prepareStore` throws as long as the
  /// store cannot be used. `background` runs from the moment the worker is ready until it ends. If `waits` is
  /// false, an outage ends ``run()`` with its error. `timer` measures the pauses, and `random` gives numbers of
  /// at least 0 and less than 1 to vary them. `observer` should be the one of
  /// `pipeline`.
  package init(
    source: any LiveEventSource, publisher: any LivePublisher, pipeline: UpdatePipeline,
    background: (any BackgroundTask)? = nil, openEvents: Int, waits: Bool, pauses: RetryPause = RetryPause(),
    observer: (any WorkObserver)? = nil, clock: UpdateClock = UpdateClock(),
    timer: any Clock<Duration> = ContinuousClock(),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    prepareStore: @escaping @Sendable () async throws -> Void,
    notice: @escaping @Sendable (WorkerNotice) -> Void
  ) {
    self.source = source
    self.publisher = publisher
    self.pipeline = pipeline
    self.background = background
    self.openEvents = openEvents
    self.waits = waits
    self.pauses = pauses
    upcomingPauses = pauses
    self.clock = clock
    self.timer = timer
    self.random = random
    watch = StationWatch(clock: clock, observer: observer)
    self.prepareStore = prepareStore
    self.notice = notice
  }

  /// Works until ``stop()``.
  ///
  /// - Throws: what waiting cannot mend: a ``ServerFault`` that is not retryable, or a fault of the program.
  ///   If the worker does not wait, any ``ServerFault``.
  package func run() async throws {
    do {
      try await work()
    } catch {
      await close()
      throw error
    }
    await close()
  }

  /// Stops taking events. What is open is finished and acknowledged, and then ``run()`` returns. While a
  /// server is down, nothing can be finished: then ``run()`` returns at once, and the events are given back.
  package func stop() async throws {
    isStopping = true
    pause?.cancel()
    await background?.stop()
    do {
      try await source.release()
    } catch let fault as any ServerFault where fault.isRetryable {
      // A lost connection delivers nothing more.
      return
    }
  }

  /// Reconnects the publisher if nothing is in hand and its connection was lost. A worker that has events
  /// does so by itself; an idle one would notice only when the next event comes. Call it from time to time.
  package func tend() async {
    guard isStarted, !isStopping, !isWaiting, inHandSince == nil, tending == nil, await !publisher.isReady,
      inHandSince == nil, tending == nil, !isStopping
    else { return }
    let publisher = publisher
    let task = Task { try await publisher.connect() }
    tending = task
    // The publisher tells of a failure by itself, and the next call tries again.
    _ = await task.result
    tending = nil
  }

  private func work() async throws {
    let starts: [(Peer, @Sendable () async throws -> Void)] = [
      (.mongodb, prepareStore), (.publish, publisher.connect), (.consume, source.connect),
    ]
    for (peer, start) in starts {
      try await untilItWorks(broker: peer) { try await start() }
      if isStopping { return }
      endWaiting()
    }
    isStarted = true
    notice(.ready)
    backgroundWork = background.map { task in Task { await task.run { await self.backgroundLimit } } }
    var flow = pipeline.flow()
    while true {
      do {
        guard try await takeUp(&flow) else { return }
        let goesOn = try await handle(&flow)
        try await acknowledge(flow.takeSettled())
        inHandSince = flow.openSince
        if !goesOn { return }
      } catch {
        // All that is open comes again.
        await flow.abandon()
        report(flow.takeSettled())
        inHandSince = nil
        guard let fault = error as? any ServerFault, fault.isRetryable else { throw error }
        if isStopping { return }
        try await reconnectSource(after: fault)
      }
    }
  }

  /// See ``BackgroundTask/run(upTo:)``.
  private var backgroundLimit: Double {
    get async { await source.isConsuming ? inHandSince ?? .infinity : -.infinity }
  }

  /// Opens what has arrived, and waits for it if nothing is open. False when the worker has done all that it had.
  private func takeUp(_ flow: inout RoundFlow) async throws -> Bool {
    let deliveries: [Delivery]
    if flow.isEmpty {
      if isStopping { return false }
      watch.note(.idle)
      deliveries = try await source.next(limit: openEvents)
      if deliveries.isEmpty { return false }
      inHandSince = clock.now()
      _ = await tending?.result
    } else {
      let room = openEvents - flow.count
      deliveries = room > 0 && !isStopping ? try await source.arrived(limit: room) : []
      if deliveries.isEmpty { return true }
    }
    watch.note(.taken(events: deliveries.count, redelivered: deliveries.count { $0.isRedelivered }))
    flow.open(deliveries)
    inHandSince = flow.openSince
    return true
  }

  /// Goes a round on, with as many attempts as that takes; false when the worker is to stop before it is done.
  private func handle(_ flow: inout RoundFlow) async throws -> Bool {
    var isDone = false
    try await untilItWorks(broker: .publish, goesOn: true) {
      // What is under way would fail on a lost connection by itself.
      if !flow.isUnderWay, await !self.publisher.isReady { try await self.publisher.connect() }
      try await flow.advance()
      isDone = true
    }
    return isDone
  }

  private func acknowledge(_ settled: RoundFlow.Settled) async throws {
    report(settled)
    if settled.tags.isEmpty { return }
    CrashPoint.pass(.handled)
    try await watch.measure(.acknowledge) { try await source.acknowledge(settled.tags) }
    watch.note(.acknowledged(events: settled.tags.count, createdAt: settled.createdAt))
    CrashPoint.pass(.acknowledged)
    // The wait is over only now, because the source's connection may have been lost together with the
    // publisher's.
    endWaiting()
  }

  private func report(_ settled: RoundFlow.Settled) {
    for update in settled.unsendable { notice(.unsendable(update)) }
    if !settled.tags.isEmpty || settled.tally != Tally() { notice(.round(settled.tally)) }
  }

  private func close() async {
    await background?.stop()
    await backgroundWork?.value
    _ = await tending?.result
    await source.close()
    await publisher.close()
  }
}
