import RabbitBroker
import Foundation
import LiveHarness
import Pipeline
import SpecModel
import TestServers

/// RabbitMQ has lost the binding of the tap in a crash. Messages that were published since were confirmed
/// without reaching a queue, so nobody can tell which ones there were.
struct LostBinding: Error {}

/// One round of a fault: a new installation, its traffic, its workers, and what happens to them. Only one
/// task may use it.
package final class Round {
  /// More events than any case needs.
  private static let mostEvents = 1500

  let stage: Stage
  let installation: Installation
  /// Where the installation's database is.
  let mongo: MongoServer
  /// The cluster of RabbitMQ that the installation is on, if it is on one.
  private let cluster: ClusterStage?
  /// How often the fault strikes.
  let strikes: Int
  private var random: SplitMix64
  private(set) var result = RoundResult()
  private let scenario: Scenario
  private var sent = 0
  /// Queues with copies of all deliveries; of a cluster, one on each node.
  private var traces: [String] = []
  private var redelivered: Set<String> = []

  init(
    _ stage: Stage, _ installation: Installation, _ mongo: MongoServer, _ cluster: ClusterStage?,
    of fault: Fault, seed: UInt64, strikes: Int
  ) throws {
    self.stage = stage
    self.mongo = mongo
    self.cluster = cluster
    self.strikes = strikes
    self.installation = installation
    random = SplitMix64(seed: seed)
    scenario = Scenario(
      seed: seed, events: Self.mostEvents, repeats: fault.repeats, crowd: fault.crowd)
    for (collection, records) in scenario.state {
      try installation.database.insert(records.map(\.text), into: collection)
    }
  }

  // MARK: - Traffic and workers

  /// Sends the next events and returns when the broker has confirmed them.
  func send(_ count: Int) throws {
    try installation.client().publish(try next(count), to: installation.topology.eventsExchange)
  }

  /// Sends the next events through a node of the cluster while `body` runs, and returns when the broker has confirmed
  /// them.
  func send(_ count: Int, through node: RabbitServer, during body: () async throws -> Void) async throws {
    let (events, exchange) = (try next(count), installation.topology.eventsExchange)
    let sending = Task.detached { try BrokerClient(node.endpoint).publish(events, to: exchange) }
    try await body()
    try await sending.value
  }

  private func next(_ count: Int) throws -> [(body: [UInt8], key: String)] {
    let next = scenario.events[sent..<min(sent + count, scenario.events.count)]
    guard next.count == count else { throw TestServerError("a round has at most \(Self.mostEvents) events") }
    sent += count
    return next.map { ($0.body, $0.routingKey) }
  }

  /// - Parameters:
  ///   - throughProxies: Whether the proxies are between the worker and its servers.
  ///   - mongoOptions: Options of the worker's `MONGODB_URI`.
  func start(
    prefetch: Int, throughProxies: Bool = false, mongoOptions: String? = nil,
    crashAt: (CrashPoint, Int)? = nil, isExclusive: Bool = false
  ) throws -> WorkerProcess {
    var changes = ["UPDATE_WORKER_PREFETCH": "\(prefetch)"]
    if let mongoOptions {
      changes["MONGODB_URI"] = installation.mongoURI + "?" + mongoOptions
      // A sweep would get answers that are meant for the worker.
      changes["UPDATE_WORKER_SWEEP_SECONDS"] = "0"
    }
    if let cluster {
      let ports = throughProxies ? cluster.proxies.map(\.port) : cluster.nodes.nodes.map(\.port)
      changes["RABBITMQ_URL"] = Installation.url(ports, options: "?heartbeat=1&connection_timeout=1000")
    } else if throughProxies {
      // With short limits, a peer that is silent for seconds counts as lost.
      changes["RABBITMQ_URL"] =
        "amqp://guest:guest@127.0.0.1:\(stage.amqpProxy.port)/?heartbeat=1&connection_timeout=1000"
      changes["MONGODB_URI"] =
        installation.mongoURI.replacing(":\(stage.mongo.port)/", with: ":\(stage.mongoProxy.port)/")
        + "?socketTimeoutMS=2000&connectTimeoutMS=1000&serverSelectionTimeoutMS=2000"
    }
    if let (point, count) = crashAt { changes["UPDATE_WORKER_CRASH_AT"] = "\(point.rawValue):\(count)" }
    return isExclusive
      ? try installation.startWorker("--exclusive", changing: changes)
      : try installation.startWorker(changing: changes)
  }

  /// Counts a worker that was killed, or that killed itself on request.
  ///
  /// - Throws: ``TestServerError`` if it ended in another way.
  func noteDeath(of worker: WorkerProcess) async throws {
    let ending = try await worker.ending()
    guard ending == .killed(SIGKILL) else {
      throw TestServerError("a worker ended unexpectedly (\(ending)); \(worker.errors.suffix(500))")
    }
    result.workerKills += 1
  }

  /// Counts the events and updates of a replay.
  func noteReplay(_ events: Int, updates: Int) {
    result.events += events
    result.updates += updates
  }

  /// Kills a worker, as `kill -9` does.
  func kill(_ worker: WorkerProcess) async throws {
    worker.send(SIGKILL)
    try await noteDeath(of: worker)
  }

  func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Waits for a random part of the time given.
  func moment(within limit: Duration) async throws {
    try await Task.sleep(for: limit * Double.random(in: 0...1, using: &random))
  }

  func note(_ violation: Verdict.Violation, _ words: String) { result.verdict.note(violation, words) }

  /// Makes RabbitMQ keep a copy of every delivery from now on, so that redeliveries are known. Each node of a cluster
  /// keeps one, because a node that is killed loses what it has.
  func watchDeliveries() async throws {
    let servers = cluster?.nodes.nodes.map(\.endpoint) ?? [stage.rabbit.endpoint]
    for (number, server) in servers.enumerated() {
      let queue = "trace\(number)_\(installation.topology.queue)"
      let client = try BrokerClient(server)
      try client.declareQueue(queue)
      try client.bind(queue, to: "amq.rabbitmq.trace", "deliver.\(installation.topology.queue)")
      traces.append(queue)
    }
    if cluster == nil { try await stage.rabbit.control("trace_on") }
  }

  /// Reads the copies of deliveries before the next node that has some dies.
  func noteRedeliveries() throws {
    let client = try installation.client()
    for (index, trace) in traces.enumerated() {
      if let nodes = cluster?.nodes, !nodes.living.contains(where: { $0 === nodes.nodes[index] }) { continue }
      redelivered.formUnion(Evidence.redelivered(in: try client.drain(trace)))
    }
  }

  // MARK: - Servers

  /// Kills nodes of the cluster at the same time.
  func kill(_ nodes: [RabbitServer]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for node in nodes { group.addTask { try await node.crash() } }
      try await group.waitForAll()
    }
    result.rabbitKills += nodes.count
  }

  /// The nodes and proxies of a fault that needs them.
  func clusterStage() throws -> ClusterStage {
    guard let cluster else { throw TestServerError("the fault does not say that it needs a cluster") }
    return cluster
  }

  /// Kills the servers, waits, and starts them again. Returns when they listen.
  func restart(rabbit: Bool = false, mongo: Bool = false, downFor pause: Duration = .zero) async throws {
    if rabbit {
      try await stage.rabbit.crash()
      result.rabbitKills += 1
    }
    if mongo {
      stage.mongo.kill()
      result.mongoKills += 1
    }
    try await Task.sleep(for: pause)
    if mongo { try await stage.mongo.start() }
    if rabbit {
      do {
        try await stage.rabbit.start()
      } catch {
        // On a busy machine the server may be too slow, or another program may have used its port for a
        // moment.
        print("RabbitMQ is started once more: \(error)")
        try await stage.rabbit.start()
      }
    }
  }

  // MARK: - Progress

  /// How many updates are published and marked; `nil` while MongoDB does not answer.
  private func marked() -> Int? {
    do {
      return try installation.database.updates(published: true)
    } catch {
      // The server is down, or has just come back. The caller asks again.
      return nil
    }
  }

  /// Waits until `count` more updates are published and marked than now.
  func progress(_ count: Int = 1, within limit: Duration = .seconds(60)) async throws {
    var before: Int?
    try await until("\(count) more updates are published", within: limit) {
      guard let now = marked() else { return false }
      if before == nil { before = now }
      return now >= (before ?? now) + count
    }
  }

  /// Waits until all that was sent is published and marked but the rest of the event to the crowd.
  ///
  /// - Parameters:
  ///   - crowd: How many updates that event has.
  ///   - due: How many updates are due for all that was sent.
  /// - Throws: ``TestServerError`` if that event was done first, so that nothing has passed it.
  func passed(_ crowd: Int, of due: Int) async throws {
    try await until("all other events have passed the one to the crowd") {
      let toCrowd = try installation.database.updates(published: true, about: TrafficMaker.messageToCrowd)
      guard toCrowd < crowd else { throw TestServerError("the event to the crowd was done before others") }
      return try toCrowd > 0 && installation.database.updates(published: true) - toCrowd >= due - crowd
    }
  }

  /// Waits until the next update is published and marked, and records how long that took since the fault
  /// ended.
  func recovery(since end: ContinuousClock.Instant) async throws {
    try await progress()
    result.recoveries.append((ContinuousClock.now - end) / .seconds(1))
  }

  /// Waits until everything that was sent is published and marked.
  func settled() async throws {
    let due = try due()
    try await until("all of \(due) updates are published") { marked() == due }
  }

  /// How many updates are due for what was sent and for some more events. It takes a moment to find out.
  func due(withNext more: Int = 0) throws -> Int {
    try scenario.expectation(first: sent + more).updates.count
  }

  /// Waits until so many updates are published and marked, and records how long that took since the fault.
  ///
  /// - Parameter bound: What it may take at most.
  func caughtUp(
    _ worker: WorkerProcess, with due: Int, since fault: ContinuousClock.Instant,
    within bound: Duration? = nil
  ) async throws {
    do {
      try await until("all of \(due) updates are published", within: .seconds(60)) { marked() == due }
    } catch {
      throw TestServerError("\(error); the worker's log: \(worker.errors.suffix(3000))")
    }
    let pause = ContinuousClock.now - fault
    result.recoveries.append(pause / .seconds(1))
    if let bound, pause > bound { note(.behaviour, "the worker had caught up \(pause) after the fault") }
  }

  /// Lets the workers finish everything and stops them. If there are none, one is started.
  func finish(_ workers: [WorkerProcess] = []) async throws {
    var workers = workers
    if workers.isEmpty {
      // There must be work left from which the recovery shows.
      try send(5)
      let began = ContinuousClock.now
      workers = [try start(prefetch: 100)]
      try await recovery(since: began)
    }
    let expected = try scenario.expectation(first: sent)
    try await until("all of \(expected.updates.count) updates are published") {
      guard marked() == expected.updates.count else { return false }
      let client = try installation.client()
      return try client.count(installation.topology.queue) == 0
        && client.count(installation.topology.deadLetterQueue) >= expected.bad.count
    }
    for worker in workers {
      // A worker that the last strike has just started does not handle signals yet, and SIGTERM would end
      // it as it ends any program.
      try await worker.isReady()
      let ending = try await worker.terminate()
      if ending != .exited(0) {
        note(.behaviour, "a worker ended unexpectedly (\(ending)); \(worker.errors.suffix(500))")
      }
    }
  }

  /// Judges the outcome of the round.
  func judge(_ order: Verdict.Order) async throws {
    let expected = try scenario.expectation(first: sent)
    try noteRedeliveries()
    let evidence = try Evidence(installation, redelivered: redelivered)
    // If anything else shows a fault, that is the verdict, whatever the tap has missed.
    let isStoredAsDue =
      evidence.stored.count == expected.updates.count && evidence.stored.allSatisfy(\.isPublished)
      && Set(evidence.stored.map(\.key)) == Set(expected.updates.keys) && evidence.left == 0
    if !evidence.isTapBound, isStoredAsDue, result.verdict.complaints.isEmpty { throw LostBinding() }
    result.verdict += Verdict(evidence, expected: expected, order: order)
    result.events += expected.events
    result.updates += expected.updates.count
    if !traces.isEmpty { try installation.client().delete(queues: traces, exchanges: []) }
    if !traces.isEmpty, cluster == nil {
      // In a cluster, the worker may keep its deliveries when a node dies that it does not use.
      if evidence.redelivered.isEmpty { note(.behaviour, "no event was delivered twice") }
      try await stage.rabbit.control("trace_off")
    }
  }
}
