import Pipeline
import Updates

/// One seed: its workers, servers, traffic and faults, from the first event until all is quiet.
package final class Simulation {
  /// How it ended.
  package struct Outcome: Sendable {
    package let violation: Violation?
    /// Events sent, those that were sent twice counted twice.
    package let events: Int
    package let updates: Int
    package let faults: [FaultKind: Int]
    /// Jobs run and timers fired.
    package let steps: Int
    /// Virtual time, in microseconds.
    package let time: Int64
    package let trace: [String]
    /// A hash of what happened, for comparisons between machines.
    package let digest: UInt64
  }

  private enum Phase { case traffic, settling, stopping, done }

  /// The most time from the last fault, or the last event, until everything is done: a worker waits up to 30 s between
  /// tries, a confirm may be 100 s late, and a sweep comes every minute. In microseconds.
  private static let longestEnd: Int64 = 900_000_000
  private static let longestStop: Int64 = 60_000_000
  /// What a fault may leave to happen later, such as a late write, in microseconds.
  private static let quiet: Int64 = 60_000_000
  private static let mostSteps = 200_000

  private let scenario: Scenario
  private let library: Library
  private let world: World
  private let database: SimulatedDatabase
  private let broker: SimulatedBroker
  private let checker: Checker
  private var workers: [SimulatedWorker] = []
  private var started = 0
  private var unsent: Int
  private var phase = Phase.traffic
  private var latestChange: Int64 = 0

  package init(_ scenario: Scenario, library: Library, isTraced: Bool = false) {
    self.scenario = scenario
    self.library = library
    world = World(seed: scenario.seed ^ 0x5EED_0F7A_C710_0001, plan: scenario.plan, isTraced: isTraced)
    database = SimulatedDatabase(world: world, versions: library.versions) { update in
      update.userId.string == LibraryText.refusedUser ? "the document fails validation" : nil
    }
    broker = SimulatedBroker(world: world)
    let isOrdered = scenario.workers == 1 || scenario.isExclusive
    checker = Checker(
      world, library: library, database: database, isOrdered: isOrdered,
      roundSize: scenario.limits.updatesPerRound.lowerBound)
    unsent = scenario.traffic.count
  }

  /// Runs it to its end, on this thread.
  package func run() -> Outcome {
    let sleeps = TaskQueue.systemSleeps
    connect()
    for _ in 0..<scenario.workers { startWorker() }
    sendTraffic()
    while phase != .done, world.violation == nil { step() }
    if world.violation == nil { checker.judgeEnd() }
    if TaskQueue.systemSleeps > sleeps { world.violate(.askedSystem, "for a wake-up") }
    var digest = Chance(seed: UInt64(world.steps) &+ world.chance.word() &+ UInt64(world.now))
    let outcome = Outcome(
      violation: world.violation, events: scenario.traffic.count - unsent, updates: database.records.count,
      faults: struck, steps: world.steps, time: world.now, trace: world.trace ?? [], digest: digest.word())
    cleanUp()
    return outcome
  }

  private var struck: [FaultKind: Int] {
    var struck = world.struck
    if scenario.repeated > 0 { struck[.eventRepeated] = scenario.repeated }
    return struck
  }

  private func connect() {
    let (checker, world) = (checker, world)
    database.didStore = { checker.stored($0) }
    broker.didDeliver = { checker.delivered($0) }
    broker.didReturnLate = { checker.returnedLate($0) }
    broker.didConfirm = { checker.confirmed($0) }
    broker.didRefuse = { checker.refused($0) }
    broker.didBury = { checker.buried($0) }
    broker.didRoute = { [weak self] message, link in
      let sweeper = self?.workers.first { $0.life === link.life && $0.sweepPublisher.link === link }
      checker.routed(message, isSwept: sweeper != nil, inHandSince: sweeper?.inHandSince)
    }
    world.strike = { [weak self] in self?.strike($0) }
  }

  private func startWorker() {
    started += 1
    let worker = SimulatedWorker(
      Life(number: started, world: world), database: database, broker: broker, scenario: scenario,
      checker: checker,
      fairness: FairnessWatch(world, library: library, sizes: scenario.limits.updatesPerRound))
    workers.append(worker)
    worker.start()
  }

  /// Sends the next event when it is its time, and then the one after it.
  private func sendTraffic() {
    let position = scenario.traffic.count - unsent
    guard unsent > 0 else { return }
    let sent = scenario.traffic[position]
    world.after(sent.gap) { [weak self] in
      guard let self else { return }
      unsent -= 1
      latestChange = world.now
      world.note("event \(sent.event) is sent")
      checker.sent(sent.event, position: position)
      broker.send(library.event(sent.event).body, event: sent.event)
      sendTraffic()
    }
  }

  // MARK: - Steps

  private func step() {
    let isAlive = world.step()
    if world.steps > Self.mostSteps {
      return world.violate(.stuck, "\(Self.mostSteps) steps were not enough")
    }
    if world.steps % 8 == 0 || !isAlive { judgePhase() }
    if !isAlive, phase != .done { world.violate(.stuck, "nothing happens any more") }
  }

  private func judgePhase() {
    switch phase {
    case .traffic:
      let count = broker.count
      guard unsent == 0 else { return }
      if count.ready == 0, count.delivered == 0 {
        world.calmDown()
        world.note("all events are acknowledged")
        latestChange = world.now
        phase = .settling
      } else if world.now > max(latestChange, world.latestFault) + Self.longestEnd {
        world.violate(.stuck, "\(count.ready) events wait and \(count.delivered) are delivered")
      }
    case .settling:
      let isPublished = database.unpublished.allSatisfy { $0.userId.string == LibraryText.unsendableUser }
      let isQuiet = world.now > world.latestFault + Self.quiet && broker.count == (0, 0)
      if isPublished, isQuiet {
        latestChange = world.now
        phase = .stopping
        world.note("all is quiet")
        for worker in workers where !worker.isEnded { worker.stop() }
      } else if world.now > max(latestChange, world.latestFault) + Self.longestEnd {
        world.violate(
          .lost, "\(database.unpublished.count) updates stay unpublished, and no sweep finds them")
      }
    case .stopping:
      if workers.allSatisfy(\.isEnded) {
        phase = .done
      } else if world.now > latestChange + Self.longestStop {
        world.violate(.stuck, "a worker does not stop")
      }
    case .done: break
    }
  }

  // MARK: - Faults

  private func strike(_ fault: FaultPlan.Fault) {
    guard phase == .traffic else { return }
    let running = workers.filter { !$0.isEnded }
    switch fault.kind {
    case .stepDown: takeDown(database.server, fault, for: 500_000 + fault.below(4_000_000))
    case .databaseDown: takeDown(database.server, fault, for: 1_000_000 + fault.below(120_000_000))
    case .brokerDown:
      let end = world.now + 500_000 + Int64(fault.below(20_000_000))
      world.count(fault.kind, until: end)
      broker.restart(until: end)
    case .blocked:
      let end = world.now + Int64(fault.below(90_000_000))
      world.count(fault.kind, until: end)
      broker.block(until: end)
    case .sourceLost, .sourceLostUnnoticed:
      guard !running.isEmpty, let link = running[fault.below(running.count)].source.link else { return }
      let delay = fault.kind == .sourceLost ? world.latency() : fault.below(60_000_000)
      world.count(fault.kind, until: world.now + Int64(delay))
      link.lose("RabbitMQ broke the connection")
      world.after(delay) { [broker] in broker.forget(link) }
    case .killed:
      guard !running.isEmpty else { return }
      world.count(.killed)
      kill(running[fault.below(running.count)], fault)
    case .stopped:
      let working = running.filter { !$0.isStopping }
      guard !working.isEmpty else { return }
      world.count(.stopped)
      let worker = working[fault.below(working.count)]
      worker.didStop = { [weak self] in self?.replaceWorker(after: fault.below(3_000_000, salt: 2)) }
      worker.stop()
      world.after(SimulatedWorker.grace) { [weak self] in
        if !worker.isEnded { self?.kill(worker, fault) }
      }
    case .stateChanged:
      world.count(.stateChanged)
      database.advance(to: database.version + 1)
    default: break
    }
  }

  private func takeDown(_ server: Life.Server, _ fault: FaultPlan.Fault, for time: Int) {
    server.downUntil = max(server.downUntil, world.now + Int64(time))
    world.count(fault.kind, until: server.downUntil)
  }

  /// The process vanishes. The broker notices at once, or only when heartbeats are missing.
  private func kill(_ worker: SimulatedWorker, _ fault: FaultPlan.Fault) {
    world.note("worker \(worker.life.number): dies")
    let delay = fault.below(4) == 0 ? fault.below(60_000_000, salt: 1) : world.latency()
    let publishers = [worker.publisher.link, worker.sweepPublisher.link].compactMap { $0 }
    let source = worker.source.link
    world.after(delay) { [broker] in
      if let source { broker.forget(source) }
      for link in publishers { broker.forget(link) }
    }
    world.extendFaults(until: world.now + Int64(delay))
    worker.life.end()
    workers.removeAll { $0 === worker }
    replaceWorker(after: 50_000 + fault.below(3_000_000, salt: 2))
  }

  private func replaceWorker(after delay: Int) {
    world.after(delay) { [weak self] in
      if let self, phase == .traffic || phase == .settling { startWorker() }
    }
  }

  // MARK: - The end

  /// Ends all tasks, so that the next simulation finds none.
  private func cleanUp() {
    for worker in workers { worker.life.end() }
    world.end()
    var rounds = 0
    while TaskQueue.count > 0, rounds < Self.mostSteps {
      TaskQueue.run(0)
      rounds += 1
    }
    database.didStore = { _ in }
    broker.endObservation()
  }
}
