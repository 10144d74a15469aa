import Foundation
import TestServers

@testable import RabbitBroker

/// Exchanges and queues that no other test uses.
private func uniqueTopology() -> BrokerTopology {
  let id = UUID().uuidString.prefix(8)
  return BrokerTopology(
    eventsExchange: "events_\(id)", updatesExchange: "updates_\(id)", queue: "queue_\(id)")
}

/// A configuration with exchanges and queues that no other test uses.
///
/// - Parameter url: Another way to the server than its own URL.
func configuration(
  _ server: RabbitEndpoint, url: String? = nil, type: BrokerTopology.QueueType = .classic
) throws -> BrokerConfiguration {
  var configuration = try configuration(url: url ?? server.url())
  configuration.topology.queueType = type
  return configuration
}

/// The same for a server that is known by its URL alone.
func configuration(url: String) throws -> BrokerConfiguration {
  BrokerConfiguration(url: try BrokerURL(url), topology: uniqueTopology())
}
