import Maintenance
import ArgumentParser
import Logging
import MongoStore
import Pipeline
import RabbitBroker
import UnixSignals

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Runs the live worker: events from RabbitMQ, state and updates in MongoDB, updates to RabbitMQ.",
    discussion: """
      Every setting is read from the environment; a flag of the same meaning wins. While a server is away the worker \
      waits for it. SIGTERM and SIGINT finish what is in hand and exit 0; a second signal ends the worker at once.
      """)

  @OptionGroup var settings: RunSettings

  func run() async throws {
    let configuration = try settings.configuration()
    let log = WorkerLog(level: configuration.logLevel)
    log.starting(configuration)
    var broker = configuration.broker
    broker.onNotice = { log.notice($0) }
    let store = MongoStore(configuration.mongo)
    let source = BrokerEventSource(broker)
    let publisher = BrokerPublisher(broker)
    let deadLetters = BrokerDeadLetters(broker)
    let pipeline = UpdatePipeline(
      directory: store, store: store, publisher: publisher,
      deadLetters: LoggedDeadLetters(deadLetters, log: log), limits: configuration.limits)
    let sweep = configuration.sweepInterval.map { interval in
      var schedule = LiveSweep.Schedule()
      schedule.interval = interval
      // What the broker has to say is told by the other connections already.
      return LiveSweep(
        store: store, publisher: BrokerPublisher(configuration.broker), schedule: schedule,
        notice: { log.notice($0) })
    }
    let worker = LiveWorker(
      source: source, publisher: publisher, pipeline: pipeline, background: sweep,
      roundSize: configuration.limits.eventsPerRound, waits: configuration.waits,
      prepareStore: { try await store.prepare() }, notice: { log.notice($0) })
    try await withShutdown(of: worker, grace: configuration.gracePeriod, log: log)
    await deadLetters.close()
    await store.close()
    log.stopped()
  }

  /// Runs the worker until it ends or a signal asks it to.
  private func withShutdown(of worker: LiveWorker, grace: Duration, log: WorkerLog) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await worker.run()
        return true
      }
      group.addTask {
        for await signal in signals {
          log.stopping(signal: "\(signal)", grace: grace)
          Shutdown.dieOfNextSignal()
          Shutdown.exit(after: grace, log: log)
          try await worker.stop()
          return false
        }
        return false
      }
      while let hasEnded = try await group.next() {
        if hasEnded { break }
      }
      group.cancelAll()
    }
  }
}
