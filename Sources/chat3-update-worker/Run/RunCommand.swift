import Maintenance
import ArgumentParser
import Logging
import MongoStore
import Pipeline
import RabbitBroker

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Runs the live worker: events from RabbitMQ, state and updates in MongoDB, updates to RabbitMQ.",
    discussion: """
      Every setting is read from the environment, and a flag wins over its variable. While a server is down, the worker \
      waits for it. On SIGTERM or SIGINT it finishes the events in hand and exits with 0; a second signal ends it at \
      once.
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
    let grace = configuration.gracePeriod
    try await closing {
      _ = try await interruptible { signal in
        log.stopping(signal: "\(signal)", grace: grace)
        Shutdown.exit(after: grace, log: log)
      } stop: {
        try await worker.stop()
      } _: {
        try await worker.run()
      }
    } finally: {
      await deadLetters.close()
      await store.close()
    }
    log.stopped()
  }
}
