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

  @Option(name: Setting.prefetch.argumentName, help: Setting.prefetch.argumentHelp)
  var prefetch: String?

  @Option(name: Setting.graceSeconds.argumentName, help: Setting.graceSeconds.argumentHelp)
  var graceSeconds: String?

  @Option(name: Setting.sweepSeconds.argumentName, help: Setting.sweepSeconds.argumentHelp)
  var sweepSeconds: String?

  @Option(name: Setting.http.argumentName, help: Setting.http.argumentHelp)
  var http: String?

  @Option(
    name: Setting.logLevel.argumentName, help: Setting.logLevel.argumentHelp,
    completion: Setting.logLevel.argumentCompletion)
  var logLevel: String?

  @Option(
    name: Setting.logFormat.argumentName, help: Setting.logFormat.argumentHelp,
    completion: Setting.logFormat.argumentCompletion)
  var logFormat: String?

  @Flag(name: Setting.exclusive.argumentName, help: Setting.exclusive.argumentHelp)
  var exclusive = false

  @Flag(name: Setting.wait.argumentName, inversion: .prefixedNo, help: Setting.wait.argumentHelp)
  var wait: Bool?

  /// What these flags and the environment say.
  func settings(environment: [String: String] = ProcessInfo.processInfo.environment) -> Settings {
    let own: [(Setting, String?)] = [
      (.prefetch, prefetch), (.graceSeconds, graceSeconds), (.sweepSeconds, sweepSeconds), (.http, http),
      (.logLevel, logLevel), (.logFormat, logFormat), (.exclusive, exclusive ? "true" : nil),
      (.wait, wait.map(String.init)),
    ]
    return Settings(flags: mongo.flags + broker.flags + own, environment: environment)
  }

  /// All settings of the live worker.
  struct Configuration {
    let mongo: MongoConfiguration
    let broker: BrokerConfiguration
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let limits: PipelineLimits
    let gracePeriod: Duration
    /// `nil`: never.
    let sweepInterval: Duration?
    let waits: Bool
    let endpoint: EndpointSetting
  }

  /// Flags win over the environment, the environment over the defaults.
  ///
  /// - Throws: ``Failure`` (64) with everything that makes no sense.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Configuration {
    var mistakes = Mistakes()
    let configuration = Self.configuration(settings(environment: environment), &mistakes)
    return try mistakes.unless(configuration)
  }

  /// `nil` when there are mistakes.
  static func configuration(_ settings: Settings, _ mistakes: inout Mistakes) -> Configuration? {
    let mongo = mistakes.gather { try MongoSettings.configuration(settings) }
    let broker = BrokerSettings.configuration(settings, &mistakes)
    let prefetch = mistakes.gather { try settings.count(.prefetch) }
    let grace = mistakes.gather { try settings.seconds(.graceSeconds) }
    let sweep = mistakes.gather { try settings.seconds(.sweepSeconds) }
    let http = mistakes.gather { try settings.given(.http) }
    let level = mistakes.gather { try settings.text(.logLevel) }.flatMap {
      Logger.Level(rawValue: $0.lowercased())
    }
    let format = mistakes.gather { try settings.given(.logFormat) }
    let isExclusive = mistakes.gather { try settings.isOn(.exclusive) }
    let waits = mistakes.gather { try settings.isOn(.wait) }
    guard let mongo, var broker, let prefetch, let grace, let sweep, let http, let level, let format,
      let isExclusive,
      let waits
    else { return nil }
    broker.isExclusive = isExclusive
    broker.prefetch = UInt16(clamping: prefetch)
    var limits = PipelineLimits()
    limits.openEvents = prefetch
    return Configuration(
      mongo: mongo, broker: broker, logLevel: level,
      logFormat: format.flatMap { LogFormat(rawValue: $0.lowercased()) } ?? LogOutput.formatOfStandardError,
      limits: limits, gracePeriod: .seconds(grace), sweepInterval: sweep > 0 ? .seconds(sweep) : nil,
      waits: waits, endpoint: http.flatMap(EndpointSetting.init) ?? .usual)
  }
}
