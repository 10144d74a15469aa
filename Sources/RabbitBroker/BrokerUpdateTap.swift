package import Pipeline
import Updates

/// A queue of its own on the exchange of the updates.
package actor BrokerUpdateTap: UpdateTap {
  /// Little waits in RabbitMQ for somebody who only looks on.
  package static let usualBounds = {
    var bounds = TapBounds()
    bounds.messages = 2000
    bounds.bytes = 16 << 20
    bounds.prefetch = 100
    return bounds
  }()

  private let tap: BrokerTap
  /// How many of the dropped messages were told.
  private var told = 0

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration, bounds: TapBounds = BrokerUpdateTap.usualBounds) {
    tap = BrokerTap(
      configuration, exchange: configuration.topology.updatesExchange, purpose: "live", bounds: bounds)
  }

  package func connect(to keys: Set<String>) async throws { try await tap.connect(to: keys) }

  package func bind(to keys: Set<String>) async throws { try await tap.bind(to: keys) }

  package func next(limit: Int) async throws -> TappedUpdates {
    let messages = try await tap.next(limit: limit)
    let updates = messages.compactMap { StoredUpdate(message: $0.body, routingKey: $0.routingKey) }
    let dropped = await tap.knownDropped
    defer { told = max(told, dropped) }
    return TappedUpdates(updates, missed: messages.count - updates.count + max(dropped - told, 0))
  }

  package func close() async { await tap.close() }
}
