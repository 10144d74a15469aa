import Logging
import Maintenance
import Operations
import Pipeline
import RabbitBroker
import Updates

/// What the live worker says on standard error: at info what an operator acts on, at debug every round, at trace every
/// event at each station. Messages are static; what varies is metadata.
struct WorkerLog: Sendable {
  private let logger: Logger
  private let output: LogOutput
  private let format: LogFormat

  init(_ format: LogFormat, level: Logger.Level) {
    self.format = format
    output = LogOutput(format)
    logger = output.logger(level: level)
  }

  func starting(_ configuration: RunSettings.Configuration) {
    logger.info(
      "starting",
      metadata: [
        "version": "\(Version.current)", "mongodb": "\(configuration.mongo)",
        "rabbitmq": "\(configuration.broker.url)", "queue": "\(configuration.broker.topology.queue)",
      ])
  }

  func unknown(_ variable: UnknownVariable) {
    logger.warning(
      "an environment variable looks like a setting and is none",
      metadata: ["variable": "\(variable.name)", "nearest": "\(variable.nearest)"])
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
    case .storeDown(let reason):
      logger.warning(
        "MongoDB is down; nothing is in hand",
        metadata: ["peer": "\(Peer.mongodb.rawValue)", "reason": "\(reason)"])
    case .storeBack:
      logger.info("MongoDB is there again", metadata: ["peer": "\(Peer.mongodb.rawValue)"])
    }
  }

  /// What ends the worker, as a line of the log where programs read it. On a terminal it is the sentence with which every
  /// command ends.
  ///
  /// - Returns: What is left to be said.
  func failed(_ failure: Failure) -> Failure {
    guard format == .json else { return failure }
    logger.critical(
      "ended by a failure",
      metadata: ["reason": "\(failure.message)", "status": .stringConvertible(failure.status.rawValue)])
    return Failure(failure.status, "")
  }

  /// Tells what was counted instead of written. To be called last.
  func finish() {
    output.finish()
  }

  func notice(_ notice: WorkerNotice) {
    switch notice {
    case .waiting(let peer, let reason):
      logger.warning(
        "waiting for a server", metadata: ["peer": "\(peer.rawValue)", "reason": "\(reason)"])
    case .recovered: logger.info("the servers are back")
    case .ready: logger.info("ready")
    case .unsendable(let update):
      var metadata: Logger.Metadata = ["update.id": "\(update.id)", "reason": "\(update.reason)"]
      metadata["update.type"] = update.type.map { "\($0.rawValue)" }
      logger.error("an update is stored but cannot be published", metadata: metadata)
    case .round(let tally):
      logger.debug(
        "round done",
        metadata: [
          "events": .stringConvertible(tally.totalEvents), "updates": .stringConvertible(tally.totalUpdates),
          "already.stored": .stringConvertible(tally.alreadyStored),
          "published": .stringConvertible(tally.published), "bad": .stringConvertible(tally.bad),
        ])
    }
  }

  func notice(_ notice: SweepNotice) {
    switch notice {
    case .published(let count):
      logger.info(
        "published updates that were never confirmed", metadata: ["updates": .stringConvertible(count)])
    case .unsendable(let update): self.notice(WorkerNotice.unsendable(update))
    case .failing(let reason):
      logger.warning(
        "cannot look for updates that were never confirmed; trying again from time to time",
        metadata: ["reason": "\(reason)"])
    case .done: break
    case .working: logger.info("updates that were never confirmed can be looked for again")
    }
  }

  /// - Parameter peer: The connection that tells it.
  func notice(_ notice: BrokerNotice, of peer: Peer) {
    let metadata: Logger.Metadata = ["peer": "\(peer.rawValue)"]
    switch notice {
    case .blocked(let reason):
      logger.warning(
        "RabbitMQ takes no messages", metadata: ["peer": "\(peer.rawValue)", "reason": "\(reason)"])
    case .unblocked: logger.info("RabbitMQ takes messages again", metadata: metadata)
    case .connected(let host):
      logger.debug(
        "a connection to RabbitMQ is open", metadata: ["peer": "\(peer.rawValue)", "host": "\(host)"])
    case .passedOver(let host, let reason):
      logger.warning(
        "a host of RabbitMQ cannot be used; another one takes its place",
        metadata: ["peer": "\(peer.rawValue)", "host": "\(host)", "reason": "\(reason)"])
    case .lost(let reason):
      logger.debug(
        "a connection to RabbitMQ is over", metadata: ["peer": "\(peer.rawValue)", "reason": "\(reason)"])
    case .refused(let count):
      logger.debug(
        "RabbitMQ has refused messages",
        metadata: ["peer": "\(peer.rawValue)", "messages": .stringConvertible(count)])
    case .standingBy: logger.info("standing by: another worker consumes the queue", metadata: metadata)
    case .consuming: logger.info("consuming the queue", metadata: metadata)
    }
  }

  func serviceManagerFault(_ fault: NotifySocket.Fault) {
    logger.warning("the service manager cannot be told anything", metadata: ["reason": "\(fault.message)"])
  }

  func buried(_ delivery: Delivery, because error: BadEvent) {
    // Decoded once more, for the log alone: bad events are rare.
    var metadata = Self.metadata(of: EventIntake.decode(delivery).header)
    metadata["reason"] = "\(error)"
    metadata["routing.key"] = "\(delivery.origin?.routingKey ?? "")"
    logger.warning("a bad event was moved to the dead letters", metadata: metadata)
  }

  /// Hears of every event at each station; `nil` below trace, so that nobody has to tell.
  var onPassage: EventPassage.Observer? {
    guard logger.logLevel == .trace else { return nil }
    return { [logger] passage in
      var metadata = Self.metadata(of: passage.header)
      metadata["event.type"] = (passage.header?.typeName).map { "\($0)" }
      let message: Logger.Message =
        switch passage.station {
        case .decoded: "an event was decoded"
        case .planned: "an event was planned"
        case .shipped: "an event was handled"
        case .ignored: "an event makes no updates"
        case .buried: "an event was buried"
        }
      if case .shipped(let updates) = passage.station { metadata["updates"] = .stringConvertible(updates) }
      logger.trace(message, metadata: metadata)
    }
  }

  private static func metadata(of header: EventHeader?) -> Logger.Metadata {
    guard let header else { return [:] }
    var metadata: Logger.Metadata = ["event.id": "\(header.id)"]
    metadata["tenant.id"] = (header.key?.tenantId).map { "\($0)" }
    return metadata
  }
}
