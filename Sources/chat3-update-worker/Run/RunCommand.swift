import ArgumentParser
import Foundation
import Logging
import Maintenance
import MongoStore
import Operations
import Pipeline
import RabbitBroker

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Runs the live worker: events from RabbitMQ, state and updates in MongoDB, updates to RabbitMQ.",
    discussion: """
      Settings are read from the environment, and a flag wins over its variable. While a server is down, the worker \
      waits for it. On SIGTERM or SIGINT it finishes the events in hand and exits with 0; a second signal ends it at \
      once.
      """)

  @OptionGroup var settings: RunSettings

  func run() async throws {
    let configuration = try settings.configuration()
    let log = WorkerLog(configuration.logFormat, level: configuration.logLevel)
    log.starting(configuration)
    for variable in UnknownVariable.all(in: ProcessInfo.processInfo.environment) { log.unknown(variable) }
    do {
      try await run(configuration, log)
    } catch {
      let failure = log.failed(Failure(error))
      log.finish()
      throw failure
    }
    log.stopped()
    log.finish()
  }

  private func run(_ configuration: RunSettings.Configuration, _ log: WorkerLog) async throws {
    let monitoring = try await Monitoring(configuration, log: log)
    let store = MongoStore(configuration.mongo)
    let source = BrokerEventSource(monitoring.broker(.consume))
    let publisher = BrokerPublisher(monitoring.broker(.publish))
    let deadLetters = BrokerDeadLetters(configuration.broker)
    let pipeline = UpdatePipeline(
      directory: store, store: store, publisher: publisher,
      deadLetters: LoggedDeadLetters(deadLetters, log: log), limits: configuration.limits,
      observer: monitoring.monitor, onPassage: log.onPassage)
    let sweep = configuration.sweepInterval.map { interval in
      var schedule = LiveSweep.Schedule()
      schedule.interval = interval
      // What the broker has to say is told by the other connections already.
      return LiveSweep(
        store: store, publisher: BrokerPublisher(configuration.broker), schedule: schedule,
        notice: { monitoring.note($0) })
    }
    let worker = LiveWorker(
      source: source, publisher: publisher, pipeline: pipeline, background: sweep,
      openEvents: configuration.limits.openEvents, waits: configuration.waits,
      observer: monitoring.monitor, prepareStore: { try await store.prepare() },
      notice: { monitoring.note($0) })
    let grace = configuration.gracePeriod
    try await closing {
      _ = try await interruptible { signal in
        monitoring.stopping()
        log.stopping(signal: "\(signal)", grace: grace)
        Shutdown.end(after: grace, log: log)
      } stop: {
        try await worker.stop()
      } _: {
        try await monitoring.watching(worker) { try await worker.run() }
      }
    } finally: {
      await deadLetters.close()
      await store.close()
      await monitoring.close()
    }
  }
}
