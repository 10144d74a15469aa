/// The exchanges and queues of an installation (spec sections 5, 7 and 8).
package struct BrokerTopology: Sendable, Hashable {
  /// Where events come from: a durable topic exchange.
  package var eventsExchange = "chat3_events"
  /// Where updates go: a durable topic exchange.
  package var updatesExchange = "chat3_updates"
  /// The worker's queue.
  package var queue = "update_worker_queue"
  /// How long an event may stay in the queue, in milliseconds.
  package static let timeToLive: Int64 = 3_600_000

  /// Where bad events go: the queue's name and `.dead`.
  package var deadLetterQueue: String { queue + ".dead" }

  /// The worker that has this queue sweeps. The queue is always empty, but only one connection can have it.
  package var sweepQueue: String { queue + ".sweep" }

  /// Uses the names of existing installations.
  package init() {}
}
