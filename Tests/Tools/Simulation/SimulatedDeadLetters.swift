import BSON
package import Pipeline
package import Updates

/// Sends bad events to the dead letters of a ``SimulatedBroker``.
///
/// `@unchecked Sendable`: see ``World``.
package final class SimulatedDeadLetters: DeadLetters, @unchecked Sendable {
  private let broker: SimulatedBroker
  private let life: Life

  package init(_ broker: SimulatedBroker, life: Life) {
    self.broker = broker
    self.life = life
  }

  package func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    guard case .json(let body) = delivery.content else { return }
    let broker = broker
    try await life.call(.bury, of: broker.server, "buries an event: \(error)") { _ in broker.bury(body) }
  }
}
