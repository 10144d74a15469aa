package import CoreMetrics
package import Pipeline
import Support
import Synchronization
import Updates

/// Hears everything that a worker does, and knows its metrics, its health and its status.
///
/// What is told of every round or slice costs a lock and a few counters; nothing is told of single updates.
package final class WorkerMonitor: WorkObserver {
  struct State {
    var facts = HealthFacts()
    var counts = RateWindow.Counts()
    var rates = RateWindow()
    var eventsInHand = 0
    var unconfirmed = 0
    /// When the events in hand were made, in milliseconds since 1970.
    var createdAt: [Double] = []
    /// Servers that were reached once, so that the next time is a reconnection.
    var reached: Set<Peer> = []
    var backlog = BacklogFigures()
    /// In milliseconds since 1970.
    var lastSweep: Double?
    var swept = 0
  }

  package let version: String
  let registry: MetricRegistry
  let buildInfo: FamilyText
  let instruments: Instruments
  let state = Mutex(State())
  private let clock: UpdateClock
  private let origin = ContinuousClock.now
  /// When the monitor was made, in milliseconds since 1970.
  let started: Double
  private let listener: @Sendable (Health) -> Void
  private let told = Mutex<Health?>(nil)

  /// - Parameters:
  ///   - factory: Where the worker's instruments go besides `/metrics`, for a program that has the worker in it.
  ///   - onChange: Hears of every change of the health, for a supervisor that wants to be told. It must return at
  ///     once.
  package init(
    version: String, clock: UpdateClock = UpdateClock(), factory: (any MetricsFactory)? = nil,
    onChange: @escaping @Sendable (Health) -> Void = { _ in }
  ) {
    self.version = version
    buildInfo = FamilyText(.buildInfo(version: version, swift: SwiftVersion.current))
    self.clock = clock
    started = clock.now()
    listener = onChange
    let registry = MetricRegistry(MetricFamily.ofWork)
    self.registry = registry
    instruments = Instruments(
      factory.map { MultiplexMetricsHandler(factories: [registry, $0]) } ?? registry)
  }

  /// The health now. A watchdog is to be fed only while it ``Health/isLive``, which means that the worker's loop
  /// goes on.
  package var health: Health { Health(state.withLock { $0.facts }, at: uptime) }

  /// Seconds since the monitor was made, by a clock that never steps.
  var uptime: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - origin).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// Milliseconds since 1970.
  var now: Double { clock.now() }

  /// Changes what is known, and tells the listener if that changes the health.
  func change(_ change: (inout State) -> Void) {
    let facts = state.withLock { state in
      change(&state)
      return state.facts
    }
    let health = Health(facts, at: uptime)
    let isNew = told.withLock { told in
      defer { told = health }
      return told != health
    }
    if isNew { listener(health) }
  }

  // MARK: - The work

  package func note(_ work: Work) {
    count(work)
    let uptime = uptime
    switch work {
    case .idle, .pausing, .failed:
      change { $0.note(work, at: uptime) }
    default:
      // These change no health but that of a loop that was stuck.
      state.withLock { $0.note(work, at: uptime) }
    }
    if case .acknowledged(_, let createdAt) = work { settle(createdAt) }
  }

  private func count(_ work: Work) {
    switch work {
    case .idle, .pausing, .decoded, .acknowledged, .publishingEnded, .publishing: break
    case .taken(let events, let redelivered):
      instruments.received.increment(by: events)
      if redelivered > 0 { instruments.redelivered.increment(by: redelivered) }
      instruments.batch.record(events)
    case .planned(let recipients):
      for count in recipients { instruments.recipients.record(count) }
    case .stored(let updates, let existing):
      for (type, count) in updates { instruments.stored[type.rawValue]?.increment(by: count) }
      if existing > 0 { instruments.duplicate.increment(by: existing) }
    case .published(let updates, let unsendable):
      for (type, count) in updates { instruments.published[type.rawValue]?.increment(by: count) }
      if unsendable > 0 { instruments.unsendable.increment(by: unsendable) }
    case .passed(let station, let milliseconds):
      instruments.stations[station.rawValue]?.recordNanoseconds(Int64(milliseconds * 1e6))
    case .failed(let station):
      instruments.retries[station.rawValue]?.increment()
    }
  }

  /// Notes how old events are, now that they are acknowledged.
  private func settle(_ createdAt: [Double]) {
    let now = now
    for time in createdAt { instruments.eventLag.recordNanoseconds(Int64(age(of: time, at: now) * 1e9)) }
    instruments.lastBatch.set(now / 1000)
  }

  /// In seconds; at least 0, and for a time that makes no sense not more than a century.
  func age(of time: Double, at now: Double) -> Double {
    time.isFinite ? min(max(0, (now - time) / 1000), 3.2e9) : 0
  }
}

extension WorkerMonitor.State {
  fileprivate mutating func note(_ work: Work, at time: Double) {
    facts.passed = time
    facts.isPaused = false
    switch work {
    case .idle:
      facts.isPaused = true
      (eventsInHand, createdAt) = (0, [])
    case .pausing: facts.isPaused = true
    case .taken(let events, _): eventsInHand += events
    case .decoded(let times): createdAt += times
    case .stored(let updates, _): counts.stored += updates.values.reduce(0, +)
    case .publishing(let messages): unconfirmed += messages
    case .publishingEnded(let messages): unconfirmed -= messages
    case .published(let updates, _): counts.published += updates.values.reduce(0, +)
    case .passed(.store, _), .passed(.mark, _):
      // The database has just answered: nobody has to ask it.
      facts.store.answered = time
    case .acknowledged(let events, let times):
      eventsInHand = max(0, eventsInHand - events)
      // They are mostly the first ones.
      for time in times {
        // Something that is no number is not even equal to itself.
        guard let index = createdAt.firstIndex(where: { $0.bitPattern == time.bitPattern }) else { continue }
        createdAt.remove(at: index)
      }
    case .planned, .passed, .failed: break
    }
  }
}
