import ArgumentParser
import Operations
import RabbitBroker

/// Where RabbitMQ is, and what exchanges and queues are called there: for every command that works on them.
struct BrokerSettings: ParsableArguments {
  @Option(name: Setting.rabbitmqURL.argumentName, help: Setting.rabbitmqURL.argumentHelp)
  var rabbitmqURL: String?

  @Option(name: Setting.eventsExchange.argumentName, help: Setting.eventsExchange.argumentHelp)
  var eventsExchange: String?

  @Option(name: Setting.updatesExchange.argumentName, help: Setting.updatesExchange.argumentHelp)
  var updatesExchange: String?

  @Option(name: Setting.queue.argumentName, help: Setting.queue.argumentHelp)
  var queue: String?

  @Option(
    name: Setting.queueType.argumentName, help: Setting.queueType.argumentHelp,
    completion: Setting.queueType.argumentCompletion)
  var queueType: String?

  @Option(
    name: Setting.topology.argumentName, help: Setting.topology.argumentHelp,
    completion: Setting.topology.argumentCompletion)
  var topology: String?

  var flags: [(Setting, String?)] {
    [
      (.rabbitmqURL, rabbitmqURL), (.eventsExchange, eventsExchange), (.updatesExchange, updatesExchange),
      (.queue, queue), (.queueType, queueType), (.topology, topology),
    ]
  }

  /// The connection to RabbitMQ.
  ///
  /// - Throws: ``Failure`` (64) with everything that makes no sense.
  func configuration() throws -> BrokerConfiguration {
    var mistakes = Mistakes()
    let configuration = Self.configuration(Settings(flags: flags), &mistakes)
    return try mistakes.unless(configuration)
  }

  /// The connection to RabbitMQ; `nil` when there are mistakes.
  static func configuration(_ settings: Settings, _ mistakes: inout Mistakes) -> BrokerConfiguration? {
    let url = mistakes.gather { try BrokerURL(settings.text(.rabbitmqURL)) }
    let topology = topology(settings, &mistakes)
    guard let url, let topology else { return nil }
    return BrokerConfiguration(url: url, topology: topology)
  }

  /// Names and properties alone, for commands that take the rest of the connection from an argument.
  static func topology(_ settings: Settings, _ mistakes: inout Mistakes) -> BrokerTopology? {
    let eventsExchange = mistakes.gather { try settings.text(.eventsExchange) }
    let updatesExchange = mistakes.gather { try settings.text(.updatesExchange) }
    let queue = mistakes.gather { try settings.text(.queue) }
    let queueType = mistakes.gather { try settings.text(.queueType) }.flatMap {
      BrokerTopology.QueueType(rawValue: $0.lowercased())
    }
    let handling = mistakes.gather { try settings.text(.topology).lowercased() }
    guard let eventsExchange, let updatesExchange, let queue, let queueType, let handling else { return nil }
    var topology = BrokerTopology(
      eventsExchange: eventsExchange, updatesExchange: updatesExchange, queue: queue)
    topology.queueType = queueType
    topology.isDeclared = handling != "passive"
    return topology
  }
}
