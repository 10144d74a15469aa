import ArgumentParser
import Foundation
import Operations
import Pipeline
import RabbitBroker
import Timelines

/// The value of `--publish`.
enum PublishTarget: ExpressibleByArgument, Sendable {
  /// Nowhere.
  case none
  /// Lines of JSON on standard output.
  case stdout
  /// A RabbitMQ server, by its URL.
  case broker(String)

  init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "stdout": self = .stdout
    case _ where argument.hasPrefix("amqp://") || argument.hasPrefix("amqps://"): self = .broker(argument)
    default: return nil
    }
  }

  var defaultValueDescription: String { "none" }

  /// Makes the publisher, connected where it has to be; `nil` for none.
  func open() async throws -> (any UpdatePublisher)? {
    switch self {
    case .none: return nil
    case .stdout: return LinePublisher(descriptor: STDOUT_FILENO)
    case .broker(let url):
      var mistakes = Mistakes()
      let topology = BrokerSettings.topology(Settings(flags: []), &mistakes)
      let publisher = BrokerPublisher(
        BrokerConfiguration(url: try BrokerURL(url), topology: try mistakes.unless(topology)))
      try await publisher.connect()
      return publisher
    }
  }
}
