/// The exchanges and queues of an installation (spec sections 5, 7 and 8).
package struct BrokerTopology: Sendable, Hashable {
  /// Where events come from: a durable topic exchange.
  package var eventsExchange: String
  /// Where updates go: a durable topic exchange.
  package var updatesExchange: String
  /// The worker's queue.
  package var queue: String
  /// How long an event may stay in the queue, in milliseconds.
  package static let timeToLive: Int64 = 3_600_000

  /// Where bad events go: the queue's name and `.dead`.
  package var deadLetterQueue: String { queue + ".dead" }

  /// The worker that has this queue sweeps. The queue is always empty, but only one connection can have it.
  package var sweepQueue: String { queue + ".sweep" }

  package init(eventsExchange: String, updatesExchange: String, queue: String) {
    self.eventsExchange = eventsExchange
    self.updatesExchange = updatesExchange
    self.queue = queue
  }
}
