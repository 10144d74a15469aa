import ArgumentParser
import Foundation
import MongoStore
import RabbitBroker

/// Where RabbitMQ is, and what exchanges and queues are called there: for every command that works on them.
struct BrokerSettings: ParsableArguments {
  private static let standard = BrokerTopology()

  @Option(
    name: .customLong("rabbitmq-url"),
    help: ArgumentHelp(
      "RABBITMQ_URL, or what the file RABBITMQ_URL_FILE holds (\(BrokerConfiguration.defaultURL)); amqps:// too.",
      valueName: "url"))
  var rabbitURL: String?

  @Option(
    help: ArgumentHelp("RABBITMQ_EVENTS_EXCHANGE (\(Self.standard.eventsExchange)).", valueName: "name"))
  var eventsExchange: String?

  @Option(
    help: ArgumentHelp("RABBITMQ_UPDATES_EXCHANGE (\(Self.standard.updatesExchange)).", valueName: "name"))
  var updatesExchange: String?

  @Option(help: ArgumentHelp("UPDATE_WORKER_QUEUE (\(Self.standard.queue)).", valueName: "name"))
  var queue: String?

  /// The connection to RabbitMQ.
  ///
  /// - Throws: ``BrokerError`` when the URL makes no sense, ``Failure`` when the file that is to hold it cannot be used.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> BrokerConfiguration {
    var broker = try BrokerConfiguration(
      url: secretSetting(
        rabbitURL, "RABBITMQ_URL", default: BrokerConfiguration.defaultURL, in: environment))
    broker.topology.eventsExchange = setting(
      eventsExchange, "RABBITMQ_EVENTS_EXCHANGE", default: broker.topology.eventsExchange, in: environment)
    broker.topology.updatesExchange = Self.updatesExchange(updatesExchange, environment: environment)
    broker.topology.queue = setting(
      queue, "UPDATE_WORKER_QUEUE", default: broker.topology.queue, in: environment)
    return broker
  }

  /// The exchange that updates go to, for commands that take the rest of the connection from an argument.
  static func updatesExchange(
    _ flag: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    setting(flag, "RABBITMQ_UPDATES_EXCHANGE", default: standard.updatesExchange, in: environment)
  }
}
