/// The exchanges and queues of an installation (spec sections 5, 7 and 8).
package struct BrokerTopology: Sendable, Hashable {
  package enum QueueType: String, Sendable, CaseIterable {
    /// On one node of a cluster.
    case classic
    /// On a majority of nodes; RabbitMQ 3.10 or later.
    case quorum
  }

  /// Where events come from: a durable topic exchange.
  package var eventsExchange: String
  /// Where updates go: a durable topic exchange.
  package var updatesExchange: String
  /// The worker's queue.
  package var queue: String
  /// What the worker's queue and the queue of the dead letters are; classic by default.
  package var queueType = QueueType.classic
  /// Whether exchanges, queues and binding are declared; by default they are. If not, they have to be there. What
  /// is exclusive to a connection and goes with it is declared in any case.
  package var isDeclared = true
  /// How long an event may stay in the queue, in milliseconds.
  package static let timeToLive: Int64 = 3_600_000

  /// Where bad events go: the queue's name and `.dead`.
  package var deadLetterQueue: String { queue + ".dead" }

  /// The worker that has this queue sweeps. The queue is always empty, but only one connection can have it.
  package var sweepQueue: String { queue + ".sweep" }

  /// The worker that has this queue is the only consumer of a quorum queue, which knows no exclusive consumers. The
  /// queue is always empty, but only one connection can have it.
  package var ownerQueue: String { queue + ".owner" }

  package init(eventsExchange: String, updatesExchange: String, queue: String) {
    self.eventsExchange = eventsExchange
    self.updatesExchange = updatesExchange
    self.queue = queue
  }
}

extension BrokerTopology {
  /// How a durable queue is declared.
  struct Declaration: Sendable, Equatable {
    let name: String
    let type: QueueType
    /// How long a message may stay in the queue, in milliseconds; `nil`: without end.
    var timeToLive: Int64?
    var isForDeadLetters = false
  }

  var eventDeclaration: Declaration {
    Declaration(name: queue, type: queueType, timeToLive: Self.timeToLive)
  }

  var deadLetterDeclaration: Declaration {
    Declaration(name: deadLetterQueue, type: queueType, isForDeadLetters: true)
  }
}
