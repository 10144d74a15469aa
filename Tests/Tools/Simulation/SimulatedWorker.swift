import Maintenance
import Pipeline
import Updates

/// One process with the live worker, composed as `run` composes it.
///
/// `@unchecked Sendable`: see ``World``.
final class SimulatedWorker: @unchecked Sendable {
  /// How long it may take to stop, in microseconds.
  static let grace = 25_000_000
  /// The time between two looks at an idle worker's publisher, in microseconds.
  private static let tending = 5_000_000

  let life: Life
  let source: SimulatedSource
  let publisher: SimulatedPublisher
  let sweepPublisher: SimulatedPublisher
  private let store: SimulatedStore
  private let worker: LiveWorker
  private(set) var isEnded = false
  private(set) var isStopping = false
  /// Whether something has failed, or was failing, since it was told to stop.
  private(set) var isDisturbed = false
  /// Called when it has stopped in good order.
  var didStop: () -> Void = {}
  private var isWaiting = false
  /// How many of its calls had failed when it took the first of what it has had in hand since.
  private var failuresAtTake = 0
  /// When it was handed the oldest event in hand, in milliseconds since 1970.
  var inHandSince: Double? { source.inHand.first.map { Double($0.time) / 1000 } }

  init(
    _ life: Life, database: SimulatedDatabase, broker: SimulatedBroker, scenario: Scenario, checker: Checker,
    fairness: FairnessWatch
  ) {
    self.life = life
    let world = life.world
    source = SimulatedSource(
      broker, life: life, prefetch: scenario.prefetch, isExclusive: scenario.isExclusive)
    publisher = SimulatedPublisher(broker, life: life)
    sweepPublisher = SimulatedPublisher(broker, life: life)
    store = SimulatedStore(database, life: life)
    let timer = SimulatedClock(life)
    var schedule = LiveSweep.Schedule()
    schedule.interval = .microseconds(scenario.sweepInterval)
    schedule.leastAge = Double(scenario.sweepAge) / 1000
    let clock: @Sendable () -> Int64 = { world.wallTime }
    let notices = Notices()
    let sweep = LiveSweep(
      store: store, publisher: sweepPublisher, schedule: schedule, clock: UpdateClock(microseconds: clock),
      timer: timer
    ) { notice in
      world.note("worker \(life.number): the sweep says \(notice)")
    }
    let pipeline = UpdatePipeline(
      directory: store, store: store, publisher: publisher,
      deadLetters: SimulatedDeadLetters(broker, life: life),
      limits: scenario.limits, clock: UpdateClock(microseconds: clock))
    worker = LiveWorker(
      source: source, publisher: publisher, pipeline: pipeline, background: sweep,
      openEvents: scenario.limits.openEvents, waits: true, clock: UpdateClock(microseconds: clock),
      timer: timer,
      random: { world.chance.fraction() }, prepareStore: { [store] in try await store.prepare() },
      notice: { notices.take($0) })
    notices.take = { [weak self] in self?.take($0) }
    store.willMark = { checker.willMark($0) }
    store.willStore = { [weak source] updates in
      guard let source, !life.isOver else { return }
      fairness.willStore(
        Set(updates.map(\.content.eventId)), inHand: source.inHand, failures: life.failuresInAll)
    }
    source.didHandOut = { [weak self] entries in
      // A failure may show only after the worker has taken more.
      guard let self, source.inHand.count == entries.count else { return }
      failuresAtTake = life.failuresInAll
    }
    source.willAcknowledge = { checker.willAcknowledge($0) }
  }

  /// Hands notices on to the worker's owner, which does not exist yet when the worker is made.
  private final class Notices: @unchecked Sendable {
    var take: (WorkerNotice) -> Void = { _ in }
  }

  private func take(_ notice: WorkerNotice) {
    switch notice {
    case .waiting(_, let reason):
      (isWaiting, isDisturbed) = (true, isStopping)
      life.world.note("worker \(life.number): waits: \(reason)")
    case .recovered:
      isWaiting = false
      life.world.note("worker \(life.number): works again")
    case .ready: life.world.note("worker \(life.number): is ready")
    case .round, .unsendable: break
    }
  }

  func start() {
    life.world.note("worker \(life.number): starts")
    tend()
    Task {
      do {
        try await worker.run()
        end()
      } catch is ProcessEnded {
        isEnded = true
      } catch {
        isEnded = true
        life.world.violate(.failed, "worker \(life.number): \(error)")
      }
    }
  }

  /// Looks after the publisher of an idle worker, from time to time.
  private func tend() {
    life.world.after(Self.tending) { [weak self] in
      guard let self, !isEnded, !life.isOver else { return }
      Task { await self.worker.tend() }
      tend()
    }
  }

  /// As SIGTERM does.
  func stop() {
    guard !isStopping else { return }
    life.world.note("worker \(life.number): is to stop")
    isStopping = true
    // A connection may be lost although the worker has not used it since.
    isDisturbed = isWaiting || source.link?.fault != nil || publisher.link?.fault != nil
    Task {
      do {
        try await worker.stop()
      } catch is ProcessEnded {
      } catch {
        life.world.violate(.failed, "worker \(life.number): \(error)")
      }
    }
  }

  private func end() {
    isEnded = true
    guard !life.isOver else { return }
    life.world.note("worker \(life.number): has stopped")
    if !isStopping { life.world.violate(.failed, "worker \(life.number) ended by itself") }
    if !isDisturbed, life.failuresInAll == failuresAtTake, !source.givenBack.isEmpty {
      life.world.violate(
        .halfDone, "worker \(life.number) gave back \(source.givenBack.map(\.event)), which it had in hand")
    }
    life.end()
    didStop()
  }
}
