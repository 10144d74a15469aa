import Maintenance
import Logging
import Operations
import Pipeline
import RabbitBroker
import Updates

/// What the live worker says on standard error: at info what an operator acts on, at debug every round.
struct WorkerLog: Sendable {
  private let logger: Logger

  init(level: Logger.Level) {
    var logger = Logger(label: "chat3-update-worker") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = level
    self.logger = logger
  }

  func starting(_ configuration: RunSettings.Configuration) {
    logger.info(
      "starting",
      metadata: [
        "mongodb": "\(configuration.mongo)", "rabbitmq": "\(configuration.broker.url)",
        "queue": "\(configuration.broker.topology.queue)",
      ])
  }

  func stopping(signal: String, grace: Duration) {
    logger.info(
      "stopping: finishing what is in hand", metadata: ["signal": "\(signal)", "grace": "\(grace)"])
  }

  func graceIsOver() {
    logger.warning("the grace period is over: what is still in hand goes back to the queue")
  }

  func stopped() {
    logger.info("stopped")
  }

  func endpoint(_ address: EndpointAddress?, setting: EndpointSetting) {
    if let address {
      logger.info("health and metrics are to be had over HTTP", metadata: ["address": "\(address)"])
    } else if setting == .usual {
      let ports = EndpointSetting.usualPorts
      logger.warning(
        "no port is free for health and metrics; name one with UPDATE_WORKER_HTTP",
        metadata: [
          "host": "\(EndpointSetting.usualHost)", "ports": "\(ports.lowerBound) to \(ports.upperBound)",
        ])
    }
  }

  func endpointFault(_ reason: String) {
    logger.warning("health and metrics were not to be had for a moment", metadata: ["reason": "\(reason)"])
  }

  func notice(_ notice: LookUps.Notice) {
    switch notice {
    case .failing(let reason):
      logger.warning(
        "cannot look up how long queues and backlog are; trying again from time to time",
        metadata: ["reason": "\(reason)"])
    case .working: logger.info("queues and backlog can be looked up again")
    }
  }

  func notice(_ notice: WorkerNotice) {
    switch notice {
    case .waiting(let reason): logger.warning("waiting for a server", metadata: ["reason": "\(reason)"])
    case .recovered: logger.info("the servers are back")
    case .ready: logger.info("ready")
    case .unsendable(let update):
      logger.error(
        "an update is stored but cannot be published",
        metadata: ["update.id": "\(update.id)", "reason": "\(update.reason)"])
    case .round(let tally):
      logger.debug(
        "round done",
        metadata: [
          "events": "\(tally.totalEvents)", "updates": "\(tally.totalUpdates)",
          "already.stored": "\(tally.alreadyStored)", "published": "\(tally.published)",
          "bad": "\(tally.bad)",
        ])
    }
  }

  func notice(_ notice: SweepNotice) {
    switch notice {
    case .published(let count):
      logger.info("published updates that were never confirmed", metadata: ["updates": "\(count)"])
    case .unsendable(let update): self.notice(WorkerNotice.unsendable(update))
    case .failing(let reason):
      logger.warning(
        "cannot look for updates that were never confirmed; trying again from time to time",
        metadata: ["reason": "\(reason)"])
    case .done: break
    case .working: logger.info("updates that were never confirmed can be looked for again")
    }
  }

  func notice(_ notice: BrokerNotice) {
    switch notice {
    case .blocked(let reason):
      logger.warning("RabbitMQ takes no messages", metadata: ["reason": "\(reason)"])
    case .unblocked: logger.info("RabbitMQ takes messages again")
    case .connected: logger.debug("a connection to RabbitMQ is open")
    case .lost(let reason):
      logger.debug("a connection to RabbitMQ is over", metadata: ["reason": "\(reason)"])
    case .refused(let count):
      logger.debug("RabbitMQ has refused messages", metadata: ["messages": "\(count)"])
    case .standingBy: logger.info("standing by: another worker consumes the queue")
    case .consuming: logger.info("consuming the queue")
    }
  }

  func buried(_ delivery: Delivery, because error: BadEvent) {
    var metadata: Logger.Metadata = [
      "reason": "\(error)", "routing.key": "\(delivery.origin?.routingKey ?? "")",
    ]
    // Decoded once more, for the log alone: bad events are rare.
    if let header = EventIntake.decode(delivery).header {
      metadata["event.id"] = "\(header.id)"
      metadata["tenant.id"] = (header.key?.tenantId).map { "\($0)" }
    }
    logger.warning("a bad event was moved to the dead letters", metadata: metadata)
  }
}
