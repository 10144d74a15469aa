import Logging
import Maintenance
import MongoStore
import Operations
import Pipeline
import RabbitBroker

/// What watches a live worker and tells of it: the monitor that hears everything, the look-ups beside the rounds, and
/// the endpoint.
final class Monitoring: Sendable {
  /// Hears what the worker does. Its ``WorkerMonitor/health`` is what a supervisor wants to know.
  let monitor: WorkerMonitor
  private let service: ServiceManager
  private let configuration: RunSettings.Configuration
  private let log: WorkerLog
  private let endpoint: Endpoint?
  /// Connections of their own, so that no look-up ever waits for the worker, or the worker for one.
  private let store: MongoStore
  private let queues: BrokerQueues

  /// Listens where the configuration says.
  ///
  /// - Throws: ``EndpointError`` when the address cannot be had.
  init(_ configuration: RunSettings.Configuration, log: WorkerLog) async throws {
    let service = ServiceManager { log.serviceManagerFault($0) }
    self.service = service
    monitor = WorkerMonitor(version: Version.current, onChange: { service.take($0) })
    self.configuration = configuration
    self.log = log
    var mongo = configuration.mongo
    // One for the pings, one for the counts.
    mongo.connections = 2
    mongo.patience = .impatient
    store = MongoStore(mongo)
    queues = BrokerQueues(configuration.broker)
    endpoint = try await Endpoint.start(configuration.endpoint, monitor: monitor) { log.endpointFault($0) }
    log.endpoint(endpoint?.address, setting: configuration.endpoint)
  }

  /// The configuration of the broker for one of the worker's connections, of which the monitor hears.
  func broker(_ peer: Peer) -> BrokerConfiguration {
    var broker = configuration.broker
    let (monitor, log) = (monitor, log)
    broker.onNotice = { notice in
      log.notice(notice, of: peer)
      switch notice {
      case .connected: monitor.connected(peer)
      case .passedOver: break
      case .lost(let reason): monitor.lost(peer, because: reason)
      case .refused(let count): monitor.refused(count)
      case .blocked(let reason): monitor.blocked(reason)
      case .unblocked: monitor.blocked(nil)
      case .standingBy: monitor.consumes(as: .standby)
      case .consuming: monitor.consumes(as: .active)
      }
    }
    return broker
  }

  func note(_ notice: WorkerNotice) {
    log.notice(notice)
    monitor.note(notice)
  }

  func note(_ notice: SweepNotice) {
    log.notice(notice)
    switch notice {
    case .published(let count): monitor.swept(count)
    case .done: monitor.sweepEnded()
    case .unsendable, .failing, .working: break
    }
  }

  /// Does the work of the worker with the look-ups beside it.
  func watching(_ worker: LiveWorker, _ work: @escaping @Sendable () async throws -> Void) async throws {
    let lookUps = lookUps(for: worker)
    let running = Task { [monitor] in await lookUps.run(for: monitor) }
    defer { running.cancel() }
    try await service.beating({ [monitor] in monitor.health }, while: work)
  }

  /// A shutdown has begun.
  func stopping() {
    service.stopping()
    monitor.stopping()
  }

  /// The last step of a shutdown.
  func close() async {
    await queues.close()
    await endpoint?.close()
    // Not waited for: a database that does not answer may hold up a ping for seconds, and the process ends anyway.
    Task { [store] in await store.close() }
  }

  private func lookUps(for worker: LiveWorker) -> LookUps {
    let clock = UpdateClock()
    let (store, queues, log) = (store, queues, log)
    return LookUps(
      ping: { try await store.ping() }, tend: { await worker.tend() },
      // Without an endpoint nobody asks for them.
      figures: endpoint == nil
        ? []
        : [
          {
            let found = try await queues.figures()
            return { figures in
              figures.queueMessages = found.messages
              figures.queueConsumers = found.consumers
              figures.deadLetters = found.deadLetters
            }
          },
          {
            let found = try await store.countUnpublished(before: clock.now() - 60_000, limit: 10_000)
            return { $0.unpublished = found }
          },
        ], notice: { log.notice($0) })
  }
}
