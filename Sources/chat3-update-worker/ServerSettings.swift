import ArgumentParser
import Foundation
import MongoStore
import RabbitBroker

/// Where MongoDB is: for every command that works on the installation's database.
struct MongoSettings: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "MONGODB_URI, or what the file MONGODB_URI_FILE holds (mongodb://localhost:27017/chat3).",
      valueName: "uri"))
  var mongodbURI: String?

  /// The connection to MongoDB.
  ///
  /// - Throws: ``StoreError`` when the URI makes no sense, ``Failure`` when the file that is to hold it cannot be used.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> MongoConfiguration {
    try MongoConfiguration(
      uri: secretSetting(
        mongodbURI, "MONGODB_URI", default: "mongodb://localhost:27017/chat3", in: environment))
  }
}

/// Where RabbitMQ is, and what exchanges and queues are called there: for every command that works on them.
struct BrokerSettings: ParsableArguments {
  @Option(
    name: .customLong("rabbitmq-url"),
    help: ArgumentHelp(
      "RABBITMQ_URL, or what the file RABBITMQ_URL_FILE holds (amqp://guest:guest@localhost:5672/); amqps:// too.",
      valueName: "url"))
  var rabbitURL: String?

  @Option(help: ArgumentHelp("RABBITMQ_EVENTS_EXCHANGE (chat3_events).", valueName: "name"))
  var eventsExchange: String?

  @Option(help: ArgumentHelp("RABBITMQ_UPDATES_EXCHANGE (chat3_updates).", valueName: "name"))
  var updatesExchange: String?

  @Option(help: ArgumentHelp("UPDATE_WORKER_QUEUE (update_worker_queue).", valueName: "name"))
  var queue: String?

  /// The connection to RabbitMQ.
  ///
  /// - Throws: ``BrokerError`` when the URL makes no sense, ``Failure`` when the file that is to hold it cannot be used.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> BrokerConfiguration {
    func value(_ flag: String?, _ variable: String, _ standard: String) throws -> String {
      try setting(flag, variable, default: standard, in: environment)
    }
    var broker = try BrokerConfiguration(
      url: secretSetting(
        rabbitURL, "RABBITMQ_URL", default: "amqp://guest:guest@localhost:5672/", in: environment))
    broker.topology.eventsExchange = try value(eventsExchange, "RABBITMQ_EVENTS_EXCHANGE", "chat3_events")
    broker.topology.updatesExchange = try value(updatesExchange, "RABBITMQ_UPDATES_EXCHANGE", "chat3_updates")
    broker.topology.queue = try value(queue, "UPDATE_WORKER_QUEUE", "update_worker_queue")
    return broker
  }
}
