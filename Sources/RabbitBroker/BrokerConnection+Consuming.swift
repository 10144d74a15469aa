extension BrokerConnection {
  /// Declares everything that spec section 7.1 lists, and the dead-letter queue. Idempotent. Where nothing is to be
  /// declared, makes sure that it is there; the binding cannot be seen by AMQP.
  func declareTopology() throws(BrokerError) {
    let topology = configuration.topology
    try withHandle { handle throws(BrokerError) in
      try handle.provide(exchange: topology.eventsExchange, of: topology)
      try handle.provide(exchange: topology.updatesExchange, of: topology)
      try handle.provide(topology.eventDeclaration, of: topology)
      if topology.isDeclared {
        try handle.bind(queue: topology.queue, to: topology.eventsExchange, key: "#")
      }
      try handle.provide(topology.deadLetterDeclaration, of: topology)
    }
  }

  /// Starts consuming the worker's queue; returns false while another consumer holds it exclusively.
  func startConsuming() throws(BrokerError) -> Bool {
    let configuration = configuration
    let topology = configuration.topology
    // A quorum queue takes an exclusive consumer as if it were any other.
    let isOwner = configuration.isExclusive && topology.queueType == .quorum
    do {
      consumerTag = try withHandle(survivable: .inUse) { handle throws(BrokerError) in
        if isOwner { try handle.declareOwnQueue(topology.ownerQueue) }
        return try handle.consume(
          queue: topology.queue, prefetch: configuration.prefetch,
          isExclusive: configuration.isExclusive && !isOwner)
      }
      return true
    } catch {
      guard error.code == .inUse else { throw error }
      // The refusal has closed the channel.
      try withHandle { handle throws(BrokerError) in try handle.openChannel() }
      return false
    }
  }

  /// The oldest messages, at most `limit`; waits when there are none. Empty once the connection is released.
  func next(limit: Int) async throws -> [IncomingMessage] {
    while inbox.isEmpty {
      if isReleased { return [] }
      try await arrival()
    }
    return inbox.take(max(limit, 1))
  }

  /// Waits until something arrives.
  func arrival() async throws {
    try checkOpen()
    let id = arrivals.reserve()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { arrivals.add(id, $0) }
    } onCancel: {
      Task { await self.cancelArrival(id) }
    }
  }

  /// The oldest messages that are there, at most `limit`.
  func arrived(limit: Int) -> [IncomingMessage] { inbox.take(limit) }

  func acknowledge(_ acknowledgements: [OpenTags.Acknowledgement]) throws(BrokerError) {
    try withHandle { handle throws(BrokerError) in
      for one in acknowledgements { try handle.acknowledge(one.tag, isMultiple: one.isMultiple) }
    }
  }

  /// Stops taking messages. Those that nobody has asked for go back to the queue when the connection closes. An
  /// exclusive consumer keeps the queue until then: whoever takes it over must not be given later events while the
  /// earlier ones are still in hand here.
  func release() throws(BrokerError) {
    guard !isReleased else { return }
    isReleased = true
    inbox.removeAll()
    arrivals.resume()
    guard let consumerTag, !configuration.isExclusive else { return }
    try withHandle { handle throws(BrokerError) in try handle.cancelConsumer(consumerTag) }
  }

  func receive(_ message: IncomingMessage) {
    guard !isReleased else { return }
    inbox.append(message)
    arrivals.resume()
  }

  private func cancelArrival(_ id: UInt64) { arrivals.cancel(id) }

  /// - Throws: why the connection is over.
  func checkOpen() throws(BrokerError) {
    try withHandle { _ throws(BrokerError) in }
  }
}
