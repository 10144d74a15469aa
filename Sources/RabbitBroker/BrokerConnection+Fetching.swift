extension BrokerConnection {
  /// How many messages of a queue have not been delivered to anybody.
  func count(of queue: String) throws(BrokerError) -> Int {
    try figures(of: queue).messages
  }

  /// How many messages of a queue have not been delivered to anybody, and how many consumers it has.
  func figures(of queue: String) throws(BrokerError) -> (messages: Int, consumers: Int) {
    try withHandle { handle throws(BrokerError) in try handle.figures(of: queue) }
  }

  /// The next messages of a queue, unacknowledged, at most `count`. Fewer than `count` means that there are
  /// no more. They are requested all at once, without waiting for each answer. The channel must not be
  /// consuming.
  func fetch(_ count: Int, from queue: String) async throws -> [IncomingMessage] {
    try withHandle { handle throws(BrokerError) in
      handle.holdPackets(true)
      defer { handle.holdPackets(false) }
      for _ in 0..<count { try handle.get(from: queue) }
    }
    openGets = count
    while openGets > 0 { try await arrival() }
    return inbox.take(count)
  }

  /// Acknowledges exactly these messages; returns once the server has processed the acknowledgements.
  func acknowledge(_ tags: [UInt64], in queue: String) throws(BrokerError) {
    try withHandle { handle throws(BrokerError) in
      for tag in tags { try handle.acknowledge(only: tag) }
    }
    // An acknowledgement has no answer; the answer to a later call shows that the server has read it.
    _ = try count(of: queue)
  }

  /// Sends dead letters back to the worker's queue and acknowledges each one once it is there.
  func requeue(_ letters: [IncomingMessage]) async throws {
    let topology = configuration.topology
    var remaining = letters[...]
    while !remaining.isEmpty {
      returned = []
      let (written, outcome) = try await transmit(remaining.count) { handle, offset throws(BrokerError) in
        let letter = remaining[remaining.startIndex + offset]
        try handle.requeue(letter, to: topology.queue)
        return letter.body.count
      }
      guard returned.isEmpty else {
        throw BrokerError(
          .notFound,
          "RabbitMQ at \(address) has no queue \"\(topology.queue)\" to send dead letters "
            + "back to; start the worker, which makes the queue.",
          isRetryable: false)
      }
      guard case .answered(let refused) = outcome, refused.isEmpty else {
        throw BrokerError(
          .refusedMessages,
          "RabbitMQ at \(address) refuses to take dead letters back into the queue "
            + "\"\(topology.queue)\"; see its log for the reason.",
          isRetryable: true)
      }
      try acknowledge(remaining.prefix(written).map(\.tag), in: topology.deadLetterQueue)
      remaining = remaining.dropFirst(written)
    }
  }
}
