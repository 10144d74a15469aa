extension BrokerConnection {
  /// How many messages of a queue nobody has been given.
  func count(of queue: String) throws(BrokerError) -> Int {
    try withHandle { handle throws(BrokerError) in try handle.count(of: queue) }
  }

  /// The next messages of a queue, at most `count`, unacknowledged; fewer when there are no more. Asked for all at
  /// once, not one after the other's answer. The channel must not consume.
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

  /// Acknowledges these and no others; returns once the server has done so.
  func acknowledge(_ tags: [UInt64], in queue: String) throws(BrokerError) {
    try withHandle { handle throws(BrokerError) in
      for tag in tags { try handle.acknowledge(only: tag) }
    }
    // Acknowledgements have no answer; what is answered after them tells that they were read.
    _ = try count(of: queue)
  }

  /// Sends dead letters to the queue of the worker and acknowledges each once it is there.
  func requeue(_ letters: [IncomingMessage]) async throws {
    let topology = configuration.topology
    var rest = letters[...]
    while !rest.isEmpty {
      returned = []
      let (written, outcome) = try await transmit(rest.count) { handle, offset throws(BrokerError) in
        let letter = rest[rest.startIndex + offset]
        try handle.requeue(letter, to: topology.queue)
        return letter.body.count
      }
      guard returned.isEmpty else {
        throw BrokerError(
          .notFound,
          "There is no queue \"\(topology.queue)\" in RabbitMQ at \(configuration.url.address) to send dead letters "
            + "back to; start the worker, which makes it.",
          isRetryable: false)
      }
      guard case .answered(let refused) = outcome, refused.isEmpty else {
        throw BrokerError(
          .refusedMessages,
          "RabbitMQ at \(configuration.url.address) does not take dead letters back into the queue "
            + "\"\(topology.queue)\"; its log says why.",
          isRetryable: true)
      }
      try acknowledge(rest.prefix(written).map(\.tag), in: topology.deadLetterQueue)
      rest = rest.dropFirst(written)
    }
  }
}
