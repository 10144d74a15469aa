import ArgumentParser
import Foundation
import Logging
import MongoStore
import Operations
import Pipeline
import RabbitBroker

/// The flags of `run`, and the variables of the environment that they win over.
struct RunSettings: ParsableArguments {
  @OptionGroup var mongo: MongoSettings
  @OptionGroup var broker: BrokerSettings

  @Option(
    help: ArgumentHelp(
      "LOG_LEVEL (info): trace, debug, info, notice, warning, error, critical.", valueName: "level"))
  var logLevel: String?

  @Option(
    help: ArgumentHelp(
      "UPDATE_WORKER_PREFETCH (300): the most events in hand, from 1 to 65535.", valueName: "count"))
  var prefetch: Int?

  @Option(
    help: ArgumentHelp(
      "UPDATE_WORKER_GRACE_SECONDS (25): how long a shutdown may take to finish the events in hand.",
      valueName: "seconds"))
  var graceSeconds: Double?

  @Option(
    help: ArgumentHelp(
      "UPDATE_WORKER_SWEEP_SECONDS (60): how often to look for stored updates that were never confirmed; 0: never.",
      valueName: "seconds"))
  var sweepSeconds: Double?

  @Option(
    help: ArgumentHelp(
      "UPDATE_WORKER_HTTP (the first free of 127.0.0.1:9464 to 9473): where health and metrics are to be had; off: nowhere.",
      valueName: "host:port"))
  var http: String?

  @Flag(help: "Let only one worker at a time consume the queue; the others stand by.")
  var exclusive = false

  @Flag(
    inversion: .prefixedNo,
    help: "Wait for servers that are down, at the start too; without it, exit with 69.")
  var wait = true

  /// All settings of the live worker.
  struct Configuration {
    let mongo: MongoConfiguration
    let broker: BrokerConfiguration
    let logLevel: Logger.Level
    let limits: PipelineLimits
    let gracePeriod: Duration
    /// `nil`: never.
    let sweepInterval: Duration?
    let waits: Bool
    let endpoint: EndpointSetting
  }

  /// Flags win over the environment, the environment over the defaults.
  ///
  /// - Throws: ``Failure`` (64), or the error of the room whose setting makes no sense.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Configuration {
    func text(_ flag: String?, _ variable: String, _ standard: String) -> String {
      setting(flag, variable, default: standard, in: environment)
    }
    let mongo = try mongo.configuration(environment: environment)
    var broker = try broker.configuration(environment: environment)
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
    let sweepText = text(sweepSeconds.map { "\($0)" }, "UPDATE_WORKER_SWEEP_SECONDS", "60")
    guard let sweep = Double(sweepText), sweep >= 0, sweep <= 86_400 else {
      throw Failure(.usage, "UPDATE_WORKER_SWEEP_SECONDS is \(sweepText); it takes seconds from 0 to 86400")
    }
    let levelText = text(logLevel, "LOG_LEVEL", "info")
    guard let level = Logger.Level(rawValue: levelText.lowercased()) else {
      let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(.usage, "LOG_LEVEL is \(levelText); it takes one of \(names)")
    }
    let endpointText = text(http, "UPDATE_WORKER_HTTP", "")
    guard let endpoint = endpointText.isEmpty ? .usual : EndpointSetting(endpointText) else {
      throw Failure(
        .usage,
        "UPDATE_WORKER_HTTP is \(endpointText); it takes HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464, or off"
      )
    }
    var limits = PipelineLimits()
    limits.eventsPerRound = min(limits.eventsPerRound, Int(prefetch))
    return Configuration(
      mongo: mongo, broker: broker, logLevel: level, limits: limits, gracePeriod: .seconds(grace),
      sweepInterval: sweep > 0 ? .seconds(sweep) : nil, waits: wait,
      endpoint: endpoint)
  }
}
