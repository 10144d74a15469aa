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
  /// no more. They go back in their order when the connection ends. The channel must not be consuming otherwise.
  func fetch(_ count: UInt16, from queue: String) async throws -> [IncomingMessage] {
    // A consumer of its own for each window, and not a get for each message: a quorum queue takes a get for a
    // consumer, and gives back what its consumers hold in the order of their tags, which therefore have the same length.
    windows += 1
    let digits = String(windows)
    let name = "window-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    let tag = try withHandle { handle throws(BrokerError) in
      try handle.consume(queue: queue, prefetch: count, isExclusive: false, as: name)
    }
    while inbox.count < count {
      let known = inbox.count
      guard try await arrives(after: known) || inbox.count > known else { break }
    }
    try withHandle { handle throws(BrokerError) in try handle.cancelConsumer(tag) }
    drain()
    return inbox.take(.max)
  }

  /// Waits until more than so many messages are there; false when none comes for two seconds.
  private func arrives(after known: Int) async throws -> Bool {
    let arrival = Task { if inbox.count == known { try await self.arrival() } }
    let timer = Task {
      try await Task.sleep(for: .seconds(2))
      arrival.cancel()
    }
    defer { timer.cancel() }
    do {
      try await arrival.value
      return true
    } catch is CancellationError {
      try Task.checkCancellation()
      return false
    }
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
    let queue = configuration.topology.queue
    try await move(letters, to: queue, without: DeadLetterHeaders.failure)
  }

  /// Puts dead letters at the end of their queue as new ones, which RabbitMQ has never delivered.
  func renew(_ letters: [IncomingMessage]) async throws {
    try await move(letters, to: configuration.topology.deadLetterQueue, without: [])
  }

  /// Sends dead letters to a queue and acknowledges each one once it is there.
  private func move(
    _ letters: [IncomingMessage], to queue: String, without headers: [StaticString]
  ) async throws {
    let topology = configuration.topology
    var remaining = letters[...]
    while !remaining.isEmpty {
      returned = []
      let (written, outcome) = try await transmit(remaining.count) { handle, offset throws(BrokerError) in
        let letter = remaining[remaining.startIndex + offset]
        try handle.send(letter, to: queue, without: headers)
        return letter.body.count
      }
      guard returned.isEmpty else {
        throw BrokerError(
          .notFound,
          "RabbitMQ at \(address) has no queue \"\(queue)\" to send dead letters back to; "
            + (topology.isDeclared ? "start the worker, which makes the queue." : "declare it."),
          isRetryable: false)
      }
      guard case .answered(let refused) = outcome, refused.isEmpty else {
        throw BrokerError(
          .refusedMessages,
          "RabbitMQ at \(address) refuses to take dead letters back into the queue \"\(queue)\"; see its log "
            + "for the reason.",
          isRetryable: true)
      }
      try acknowledge(remaining.prefix(written).map(\.tag), in: topology.deadLetterQueue)
      remaining = remaining.dropFirst(written)
    }
  }
}
