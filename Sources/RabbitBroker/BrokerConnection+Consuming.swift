extension BrokerConnection {
  /// Declares everything that spec section 7.1 lists, and the dead-letter queue. Idempotent.
  func declareTopology() throws(BrokerError) {
    let topology = configuration.topology
    try withHandle { handle throws(BrokerError) in
      try handle.declareExchange(topology.eventsExchange)
      try handle.declareExchange(topology.updatesExchange)
      try handle.declareQueue(topology.queue, timeToLive: BrokerTopology.timeToLive)
      try handle.bind(queue: topology.queue, to: topology.eventsExchange, key: "#")
      try handle.declareQueue(topology.deadLetterQueue, timeToLive: nil)
    }
  }

  /// Starts consuming the worker's queue; returns false while another consumer holds it exclusively.
  func startConsuming() throws(BrokerError) -> Bool {
    let configuration = configuration
    do {
      consumerTag = try withHandle(survivable: .inUse) { handle throws(BrokerError) in
        try handle.consume(
          queue: configuration.topology.queue, prefetch: configuration.prefetch,
          isExclusive: configuration.isExclusive)
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

  /// Acknowledges this message of the channel and all before it.
  func acknowledge(through tag: UInt64) throws(BrokerError) {
    try withHandle { handle throws(BrokerError) in try handle.acknowledge(through: tag) }
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
    endGet()
  }

  /// Notes that something has arrived, which answers the first open get, if there is one.
  func endGet() {
    openGets = max(0, openGets - 1)
    arrivals.resume()
  }

  private func cancelArrival(_ id: UInt64) { arrivals.cancel(id) }

  /// - Throws: why the connection is over.
  func checkOpen() throws(BrokerError) {
    try withHandle { _ throws(BrokerError) in }
  }
}
