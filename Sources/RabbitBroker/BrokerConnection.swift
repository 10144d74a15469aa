/// One connection to the broker with one channel, on a thread of its own, which reads frames and keeps the
/// heartbeats flowing while nobody asks for anything. A broken connection stays broken; connecting again
/// makes a new one.
actor BrokerConnection {
  /// Its URL has only the host that the connection is to.
  let configuration: BrokerConfiguration
  private nonisolated let thread: ConnectionThread
  private nonisolated let breaker = SocketBreaker()
  private var handle: ConnectionHandle?
  /// Why there is no handle.
  private var fault: BrokerError = .notConnected

  var inbox = Inbox()
  var consumerTag: String?
  var isReleased = false
  var arrivals = Waiters()
  /// How many windows have been fetched.
  var windows = 0

  /// The exchange that is published to; empty for the default exchange.
  var publishingExchange = ""
  var confirms = Confirms()
  /// Since when the server has confirmed nothing of what is outstanding.
  var unansweredSince = ContinuousClock.now
  var confirmWaiters: [Int: CheckedContinuation<PublishOutcome, any Error>] = [:]
  /// Outcomes that were known before anybody waited for them.
  var outcomes: [Int: PublishOutcome] = [:]
  /// Counts the channels that have replaced the first one.
  var channelEpoch = 0
  /// The largest body that the server is known or believed to take, in bytes.
  var sizeLimit: Int
  var isBlocked = false
  var unblocking = Waiters()
  /// The server's reasons for returning mandatory messages, since this was last emptied.
  var returned: [String] = []

  /// The exchange through which messages come that a tap's queue has dropped; `nil` when there is no tap.
  var droppedExchange: String?
  /// How many of them have come.
  var dropped = 0
  /// The keys by which a tap's queue is bound.
  var boundKeys: Set<String> = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Connects to one of the hosts: to the first that lets the worker in.
  ///
  /// - Parameter failed: The host of the connection that this one replaces, which is tried last.
  /// - Throws: ``BrokerError`` when none of them does.
  static func open(
    _ configuration: BrokerConfiguration, purpose: String, avoiding failed: BrokerAddress? = nil
  ) async throws -> BrokerConnection {
    var attempts = configuration.url.attempts(avoiding: failed)[...]
    var faults: [(host: BrokerAddress, error: BrokerError)] = []
    while let url = attempts.popFirst() {
      do throws(BrokerError) {
        let connection = try await open(configuration, at: url, purpose: purpose)
        // Where no host lets the worker in, the error below names them all, and each attempt would name them again.
        for (host, error) in faults { configuration.onNotice(.passedOver(host, reason: error.message)) }
        return connection
      } catch {
        faults.append((url.address, error))
        if error.concernsEveryHost { break }
      }
      try Task.checkCancellation()
    }
    let error = BrokerError(faults, of: configuration.url)
    configuration.onNotice(.lost(reason: error.message))
    throw error
  }

  /// Connects to one host.
  private static func open(
    _ configuration: BrokerConfiguration, at url: BrokerURL, purpose: String
  ) async throws(BrokerError) -> BrokerConnection {
    let connection = try BrokerConnection(configuration.limited(to: url), purpose: purpose)
    try await connection.connect(purpose: purpose)
    return connection
  }

  /// The host that it is connected to.
  nonisolated var address: BrokerAddress { configuration.url.address }

  private init(_ configuration: BrokerConfiguration, purpose: String) throws(BrokerError) {
    self.configuration = configuration
    sizeLimit = configuration.maximumMessageSize
    thread = try ConnectionThread(name: "rabbit-\(purpose)")
  }

  deinit {
    thread.stop()
  }

  private func connect(purpose: String) throws(BrokerError) {
    var configuration = configuration
    configuration.connectionName += " (\(purpose))"
    handle = try ConnectionHandle(configuration, breaker: breaker)
    thread.serve { [weak self] mayHaveInput in
      guard let self else { return ConnectionThread.Interest() }
      return self.assumeIsolated { $0.service(mayHaveInput) }
    }
  }

  var isOpen: Bool { handle != nil }

  /// Lends the C connection to `body`.
  ///
  /// - Throws: ``BrokerError``, after which the connection is over unless the error's code is `survivable`.
  func withHandle<Result>(
    survivable: BrokerError.Code? = nil, _ body: (ConnectionHandle) throws(BrokerError) -> Result
  ) throws(BrokerError) -> Result {
    guard let handle else { throw fault }
    do {
      return try body(handle)
    } catch {
      if error.code != survivable { fail(error) }
      throw error
    }
  }

  /// Closes the connection; unacknowledged messages go back to the queue. If that takes longer than `grace`,
  /// the connection is broken off. Closing again does nothing.
  nonisolated func close(within grace: Duration = .seconds(5)) async {
    let breaker = breaker
    let watchdog = Task {
      try await Task.sleep(for: grace)
      breaker.breakOff()
    }
    await shutDown()
    watchdog.cancel()
  }

  private func shutDown() {
    handle?.close()
    fail(.closed)
  }

  /// Processes what the server has sent, without waiting; returns what to wait for next.
  ///
  /// - Parameter mayHaveInput: Whether to look at the socket. It is read once: if there is more, the next wait for it is
  ///   short.
  private func service(_ mayHaveInput: Bool) -> ConnectionThread.Interest {
    do {
      var mayHaveInput = mayHaveInput
      while let handle, mayHaveInput || handle.hasUnprocessedInput, let frame = try handle.nextFrame() {
        take(frame)
        mayHaveInput = false
      }
    } catch {
      fail(error)
    }
    let patience = giveUpConfirms()
    guard let handle else { return ConnectionThread.Interest() }
    let timeout = patience.map { handle.pollTimeout < 0 ? $0 : min(handle.pollTimeout, $0) }
    return ConnectionThread.Interest(descriptor: handle.descriptor, timeout: timeout ?? handle.pollTimeout)
  }

  /// Ends the connection if the server has confirmed nothing for too long. RabbitMQ 3.10 may never confirm what was
  /// published to a quorum queue while the node of its leader was suspended. Returns after how many milliseconds to
  /// look again, if that is needed.
  private func giveUpConfirms() -> Int32? {
    guard confirms.outstanding > 0, !isBlocked else { return nil }
    let left = configuration.confirmTimeout - (ContinuousClock.now - unansweredSince)
    if left > .zero { return Int32(clamping: Int(left / .milliseconds(1)) + 1) }
    fail(
      BrokerError(
        .timeout,
        "RabbitMQ at \(address) has confirmed none of \(confirms.outstanding) message(s) for "
          + "\(configuration.confirmTimeout.components.seconds) s; look for a queue bound to the exchange "
          + "\"\(configuration.topology.updatesExchange)\" that does not work, and see RabbitMQ's log.",
        isRetryable: true))
    return nil
  }

  /// Processes what the server has sent, without waiting.
  func drain() {
    do {
      while let handle, let frame = try handle.nextFrame() { take(frame) }
    } catch {
      fail(error)
    }
  }

  private func take(_ frame: BrokerFrame) {
    switch frame {
    case .delivery(let message): if !countIfDropped(message) { receive(message) }
    case .acknowledged(let tag, let multiple): answer(tag, multiple: multiple, isRefusal: false)
    case .refused(let tag, let multiple): answer(tag, multiple: multiple, isRefusal: true)
    case .returned(let reason): returned.append(reason)
    case .blocked(let reason): setBlocked(reason)
    case .unblocked: setBlocked(nil)
    case .consumerCancelled:
      fail(
        BrokerError(
          .consumerCancelled,
          "RabbitMQ at \(address) has ended the consumer of the queue "
            + "\"\(configuration.topology.queue)\": the queue or its node is gone, or an event was not acknowledged "
            + "in time (consumer_timeout).",
          isRetryable: true))
    case .closed(let refusal):
      if let limit = refusal.messageSizeLimit {
        retransmit(limit: limit)
      } else {
        let operation: BrokerOperation =
          confirms.outstanding > 0 ? .publishing(publishingExchange) : .other
        fail(refusal.error(during: operation, at: address))
      }
    // An AMQP extension of a later server, which does not concern the worker.
    case .other: break
    }
  }

  /// Ends the connection with this error, which everybody who waits for something receives.
  func fail(_ error: BrokerError) {
    guard handle != nil else { return }
    handle = nil
    fault = error
    configuration.onNotice(.lost(reason: error.message))
    inbox.removeAll()
    arrivals.fail(error)
    unblocking.fail(error)
    for waiter in confirmWaiters.values { waiter.resume(throwing: error) }
    confirmWaiters = [:]
  }
}
