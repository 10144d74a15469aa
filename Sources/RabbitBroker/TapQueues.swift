/// The queues of one connection of a ``BrokerTap``. All are exclusive, so they go with the connection.
///
/// A queue does not say how many messages it has dropped. Therefore the tap's queue dead-letters what it
/// drops into a second queue, whose messages are counted and thrown away. Should that queue have to drop
/// messages too, the last of them stays in a third one.
struct TapQueues: Sendable {
  /// The queue that is bound to the exchange that is tapped.
  let tapped: String
  /// The exchange to which dropped messages go: not durable, deleted with the last of its queues.
  var exchange: String { tapped }
  /// The queue of those that are to be counted.
  var dropped: String { tapped + ".dropped" }
  /// The queue of the last one that could not be counted.
  var uncounted: String { tapped + ".uncounted" }

  /// What the queue of those that are to be counted holds at most. They are taken at once, as long as the
  /// process runs.
  static let droppedBounds = TapBounds()

  /// Names that no other tap uses. They begin with the name of the worker's queue and what the tap is for, so that
  /// permissions can be given for them.
  init(for topology: BrokerTopology, purpose: String) {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    tapped = "\(topology.queue).\(purpose).\(digits)"
  }
}

/// How much a ``BrokerTap`` leaves in the broker's memory before the oldest messages are dropped.
package struct TapBounds: Sendable {
  package var messages: Int64 = 10_000
  package var bytes: Int64 = 64 << 20
  /// How many messages may be delivered and not done with; they do not count for the other bounds.
  package var prefetch: UInt16 = 300

  package init() {}
}
