package import Maintenance

/// A queue of its own on the exchange of the events.
package struct BrokerEventTap: EventTap {
  private let tap: BrokerTap
  private let pattern: String

  /// Does not connect yet.
  ///
  /// - Parameter pattern: The binding key of the topic exchange; `#` means all events.
  package init(_ configuration: BrokerConfiguration, pattern: String, bounds: TapBounds = TapBounds()) {
    tap = BrokerTap(
      configuration, exchange: configuration.topology.eventsExchange, purpose: "record", bounds: bounds)
    self.pattern = pattern
  }

  package func connect() async throws { try await tap.connect(to: [pattern]) }

  package func next(limit: Int) async throws -> [[UInt8]] { try await tap.next(limit: limit).map(\.body) }

  package func release() async throws { try await tap.release() }

  package func dropped() async -> DroppedEvents { await tap.dropped() }

  package func close() async { await tap.close() }
}
