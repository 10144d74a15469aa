extension BrokerConnection {
  /// Declares the queues of a tap and starts consuming them. The queue of the events is bound last, when
  /// everything that it needs is there.
  func tap(_ queues: TapQueues, bounds: TapBounds, pattern: String) throws(BrokerError) {
    let configuration = configuration
    try withHandle { handle throws(BrokerError) in
      try handle.declareTap(queues, bounds: bounds)
      let prefetch = TapQueues.droppedBounds.prefetch
      _ = try handle.consume(queue: queues.dropped, prefetch: prefetch, isExclusive: false)
    }
    droppedExchange = queues.exchange
    _ = try startConsuming()
    try withHandle { handle throws(BrokerError) in
      try handle.bind(queue: queues.events, to: configuration.topology.eventsExchange, key: pattern)
    }
  }

  /// Counts a message that the tap's queue has dropped, and throws it away; false for any other message.
  func countIfDropped(_ message: IncomingMessage) -> Bool {
    guard let droppedExchange, message.exchange == droppedExchange else { return false }
    dropped += 1
    do {
      try withHandle { handle throws(BrokerError) in try handle.acknowledge(only: message.tag) }
    } catch {
      // The connection is over, which whoever uses it next learns.
    }
    return true
  }

  /// How many messages the tap's queue has dropped, and whether that is all of them.
  func countDropped(_ queues: TapQueues) -> (count: Int, isComplete: Bool) {
    do {
      // What the server has sent by the time of the first answer has arrived by the time of the second.
      _ = try count(of: queues.dropped)
      let waiting = try count(of: queues.dropped)
      drain()
      return (dropped + waiting, try count(of: queues.uncounted) == 0)
    } catch {
      return (dropped, false)
    }
  }
}
