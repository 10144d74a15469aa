import Pipeline

@testable import RabbitBroker

/// Waits until `count` events have come.
func events(_ count: Int, from source: BrokerEventSource) async throws -> [Delivery] {
  var deliveries: [Delivery] = []
  while deliveries.count < count { deliveries += try await source.next(limit: count - deliveries.count) }
  return deliveries
}

extension Delivery {
  var text: String {
    if case .json(let bytes) = content { return String(decoding: bytes, as: UTF8.self) }
    return ""
  }
}
