/// The queues of one connection of a ``BrokerEventTap``. All are exclusive, so they go with the connection.
///
/// A queue does not say how many messages it has dropped. Therefore the tap's queue dead-letters what it
/// drops into a second queue, whose messages are counted and thrown away. Should that queue have to drop
/// messages too, the last of them stays in a third one.
struct TapQueues: Sendable {
  /// The queue that is bound to the events.
  let events: String
  /// The exchange to which dropped messages go: not durable, deleted with the last of its queues.
  var exchange: String { events }
  /// The queue of those that are to be counted.
  var dropped: String { events + ".dropped" }
  /// The queue of the last one that could not be counted.
  var uncounted: String { events + ".uncounted" }

  /// What the queue of those that are to be counted holds at most. They are taken at once, as long as the
  /// process runs.
  static let droppedBounds = TapBounds()

  /// Names that no other tap uses. They begin with the name of the worker's queue, so that permissions can
  /// be given for them.
  init(for topology: BrokerTopology) {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    events = "\(topology.queue).record.\(digits)"
  }
}

/// How much a ``BrokerEventTap`` leaves in the broker's memory before the oldest events are dropped.
package struct TapBounds: Sendable {
  package var messages: Int64 = 10_000
  package var bytes: Int64 = 64 << 20
  /// How many events may be delivered and not done with; they do not count for the other bounds.
  package var prefetch: UInt16 = 300

  package init() {}
}
