import Maintenance
package import Pipeline
import Updates

/// Publishes updates to a ``SimulatedBroker``, as `BrokerPublisher` does to a real one.
///
/// `@unchecked Sendable`: see ``World``.
package final class SimulatedPublisher: LivePublisher, @unchecked Sendable {
  /// How often a message is sent that the broker refuses.
  private static let attempts = 3

  private let broker: SimulatedBroker
  private let life: Life
  private(set) var link: PublisherLink?
  private var isPublishing = false

  package init(_ broker: SimulatedBroker, life: Life) {
    self.broker = broker
    self.life = life
  }

  package func connect() async throws {
    await close()
    try await life.call(.connect, of: broker.server, "connects to publish") { _ in }
    let link = PublisherLink(life: life, broker: broker)
    broker.open(link)
    self.link = link
  }

  package var isReady: Bool { get async { link.map { $0.fault == nil } ?? false } }

  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    try life.check()
    guard let link else { throw life.fail("not connected") }
    if isPublishing { broker.world.violate(.unbounded, "worker \(life.number) publishes twice at once") }
    isPublishing = true
    defer { isPublishing = false }
    var unsendable: [Int: String] = [:]
    var pending: [Int] = []
    for (index, message) in messages.enumerated() {
      if message.routingKey.utf8.count > UpdateType.longestRoutingKey {
        unsendable[index] = "the routing key is too long"
      } else {
        pending.append(index)
      }
    }
    var refusals = 0
    while !pending.isEmpty {
      let refused = try await link.transmit(pending.map { messages[$0] })
      pending = refused.map { pending[$0] }
      if !refused.isEmpty { refusals += 1 }
      if refusals == Self.attempts { throw life.fail("RabbitMQ refuses messages") }
    }
    return unsendable
  }

  package func close() async {
    guard let link else { return }
    self.link = nil
    link.close()
    broker.world.after(broker.world.isCalm ? 0 : broker.world.latency()) { [broker] in broker.forget(link) }
  }
}

extension SimulatedPublisher: ExclusivePublisher {
  package func claim() async throws -> Bool {
    try await connect()
    guard let link else { throw life.fail("not connected") }
    let broker = broker
    let isMine = try await life.call(.connect, of: broker.server, "claims the sweep") { _ in
      broker.claim(link)
    }
    if !isMine { await close() }
    return isMine
  }
}
