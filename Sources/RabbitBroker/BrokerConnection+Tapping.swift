extension BrokerConnection {
  /// Declares the queues of a tap and starts consuming them. Nothing is bound yet.
  func tap(_ queues: TapQueues, bounds: TapBounds) throws(BrokerError) {
    try withHandle { handle throws(BrokerError) in
      try handle.declareTap(queues, bounds: bounds)
      let prefetch = TapQueues.droppedBounds.prefetch
      _ = try handle.consume(queue: queues.dropped, prefetch: prefetch, isExclusive: false)
    }
    droppedExchange = queues.exchange
    _ = try startConsuming()
  }

  /// Binds the queue of a tap by these keys, and by no others.
  func bind(_ queues: TapQueues, to exchange: String, keys: Set<String>) throws(BrokerError) {
    let (fresh, stale) = (keys.subtracting(boundKeys), boundKeys.subtracting(keys))
    try withHandle { handle throws(BrokerError) in
      // First the new ones, so that what both match goes on coming.
      for key in fresh { try handle.bind(queue: queues.tapped, to: exchange, key: key) }
      for key in stale { try handle.unbind(queue: queues.tapped, from: exchange, key: key) }
    }
    boundKeys = keys
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
