/// A change that an operator wants to know about.
package enum BrokerNotice: Sendable, Equatable {
  /// The connection of a source or a publisher to this host is open and set up.
  case connected(BrokerAddress)
  /// This host cannot be used for the given reason; another one of several takes its place.
  case passedOver(BrokerAddress, reason: String)
  /// The connection is over, or could not be made, for the given reason.
  case lost(reason: String)
  /// The server has refused so many messages with a nack.
  case refused(count: Int)
  /// The server takes no more messages for now (memory, disk); publishing waits.
  case blocked(reason: String)
  /// The server takes messages again.
  case unblocked
  /// Another worker consumes the queue exclusively; this worker waits until it stops.
  case standingBy
  /// This worker has become the queue's consumer.
  case consuming
}
