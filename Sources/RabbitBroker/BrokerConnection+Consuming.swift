extension BrokerConnection {
  /// Declares all of spec section 7.1, and the queue of the dead letters. Idempotent.
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

  /// Starts consuming the worker's queue; false while another holds it exclusively.
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

  /// The oldest messages, at most `limit`; waits when there is none. Empty once released.
  func next(limit: Int) async throws -> [IncomingMessage] {
    while inbox.isEmpty {
      if isReleased { return [] }
      try await arrival()
    }
    return inbox.take(max(limit, 1))
  }

  /// Waits until something has come in.
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

  /// Takes no more messages: those that nobody has asked for are given back when the connection closes.
  func release() throws(BrokerError) {
    guard !isReleased else { return }
    isReleased = true
    inbox.removeAll()
    arrivals.resume()
    guard let consumerTag else { return }
    try withHandle { handle throws(BrokerError) in try handle.cancelConsumer(consumerTag) }
  }

  func receive(_ message: IncomingMessage) {
    guard !isReleased else { return }
    inbox.append(message)
    endGet()
  }

  /// Something has come in; if gets are open, it answers the first.
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
