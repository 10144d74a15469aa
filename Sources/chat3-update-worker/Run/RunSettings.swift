import ArgumentParser
import Foundation
import Logging
import MongoStore
import Pipeline
import RabbitBroker

/// The flags of `run`, and the variables of the environment behind them.
struct RunSettings: ParsableArguments {
  @Option(help: ArgumentHelp("MONGODB_URI (mongodb://localhost:27017/chat3).", valueName: "uri"))
  var mongodbURI: String?

  @Option(
    name: .customLong("rabbitmq-url"),
    help: ArgumentHelp("RABBITMQ_URL (amqp://guest:guest@localhost:5672/); amqps:// too.", valueName: "url"))
  var rabbitURL: String?

  @Option(help: ArgumentHelp("RABBITMQ_EVENTS_EXCHANGE (chat3_events).", valueName: "name"))
  var eventsExchange: String?

  @Option(help: ArgumentHelp("RABBITMQ_UPDATES_EXCHANGE (chat3_updates).", valueName: "name"))
  var updatesExchange: String?

  @Option(help: ArgumentHelp("UPDATE_WORKER_QUEUE (update_worker_queue).", valueName: "name"))
  var queue: String?

  @Option(
    help: ArgumentHelp(
      "LOG_LEVEL (info): trace, debug, info, notice, warning, error, critical.", valueName: "level"))
  var logLevel: String?

  @Option(
    help: ArgumentHelp(
      "UPDATE_WORKER_PREFETCH (300): events in hand at most, from 1 to 65535.", valueName: "count"))
  var prefetch: Int?

  @Option(
    help: ArgumentHelp(
      "UPDATE_WORKER_GRACE_SECONDS (25): how long a shutdown may take to finish what is in hand.",
      valueName: "seconds"))
  var graceSeconds: Double?

  @Flag(help: "Let one worker at a time consume the queue; the others stand by.")
  var exclusive = false

  @Flag(inversion: .prefixedNo, help: "Wait for servers that are away, at start too; else exit 69.")
  var wait = true

  /// All settings of the live worker.
  struct Configuration {
    let mongo: MongoConfiguration
    let broker: BrokerConfiguration
    let logLevel: Logger.Level
    let limits: PipelineLimits
    let gracePeriod: Duration
    let waits: Bool
  }

  /// Flags win over the environment, the environment over the defaults.
  ///
  /// - Throws: ``Failure`` (64), or the error of the room whose setting makes no sense.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Configuration {
    func text(_ flag: String?, _ variable: String, _ standard: String) -> String {
      if let flag { return flag }
      if let value = environment[variable], !value.isEmpty { return value }
      return standard
    }
    let mongo = try MongoConfiguration(
      uri: text(mongodbURI, "MONGODB_URI", "mongodb://localhost:27017/chat3"))
    var broker = try BrokerConfiguration(
      url: text(rabbitURL, "RABBITMQ_URL", "amqp://guest:guest@localhost:5672/"))
    broker.topology.eventsExchange = text(eventsExchange, "RABBITMQ_EVENTS_EXCHANGE", "chat3_events")
    broker.topology.updatesExchange = text(updatesExchange, "RABBITMQ_UPDATES_EXCHANGE", "chat3_updates")
    broker.topology.queue = text(queue, "UPDATE_WORKER_QUEUE", "update_worker_queue")
    broker.isExclusive = exclusive

    let prefetchText = text(prefetch.map(String.init), "UPDATE_WORKER_PREFETCH", "300")
    guard let prefetch = UInt16(prefetchText), prefetch > 0 else {
      throw Failure(.usage, "UPDATE_WORKER_PREFETCH is \(prefetchText); it takes a count from 1 to 65535")
    }
    broker.prefetch = prefetch
    let graceText = text(graceSeconds.map { "\($0)" }, "UPDATE_WORKER_GRACE_SECONDS", "25")
    guard let grace = Double(graceText), grace >= 0, grace <= 86_400 else {
      throw Failure(.usage, "UPDATE_WORKER_GRACE_SECONDS is \(graceText); it takes seconds from 0 to 86400")
    }
    let levelText = text(logLevel, "LOG_LEVEL", "info")
    guard let level = Logger.Level(rawValue: levelText.lowercased()) else {
      let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(.usage, "LOG_LEVEL is \(levelText); it takes one of \(names)")
    }
    var limits = PipelineLimits()
    limits.eventsPerBatch = min(limits.eventsPerBatch, Int(prefetch))
    return Configuration(
      mongo: mongo, broker: broker, logLevel: level, limits: limits, gracePeriod: .seconds(grace),
      waits: wait)
  }
}
