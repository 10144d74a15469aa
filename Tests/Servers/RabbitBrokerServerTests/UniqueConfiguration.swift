import Foundation
import TestServers

@testable import RabbitBroker

/// Exchanges and queues that no other test uses.
private func uniqueTopology() -> BrokerTopology {
  let id = UUID().uuidString.prefix(8)
  var topology = BrokerTopology()
  topology.eventsExchange = "events_\(id)"
  topology.updatesExchange = "updates_\(id)"
  topology.queue = "queue_\(id)"
  return topology
}

/// A configuration with exchanges and queues that no other test uses.
///
/// - Parameter url: Another way to the server than its own URL.
func configuration(_ server: RabbitEndpoint, url: String? = nil) throws -> BrokerConfiguration {
  var configuration = try BrokerConfiguration(url: url ?? server.url())
  configuration.topology = uniqueTopology()
  return configuration
}
