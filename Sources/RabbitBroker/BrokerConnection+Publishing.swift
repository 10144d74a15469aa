import Pipeline

extension BrokerConnection {
  /// Prepares the channel for publishing to an exchange, or to the default exchange if `exchange` is `nil`.
  func preparePublishing(to exchange: String?) throws(BrokerError) {
    publishingExchange = exchange ?? ""
    let topology = configuration.topology
    try withHandle { handle throws(BrokerError) in
      if let exchange { try handle.provide(exchange: exchange, of: topology) }
      try handle.selectConfirms()
    }
  }

  /// Makes a queue that belongs to this connection alone and ends with it. Returns false when another
  /// connection has the queue; this connection then has no channel any more.
  func claim(_ queue: String) throws(BrokerError) -> Bool {
    do {
      try withHandle(survivable: .inUse) { handle throws(BrokerError) in try handle.declareOwnQueue(queue) }
      return true
    } catch {
      guard error.code == .inUse else { throw error }
      return false
    }
  }

  /// Writes all messages, then awaits their confirms. What the server refuses is sent again, up to
  /// ``BrokerConfiguration/publishAttempts`` times in all. Returns the messages that cannot be sent at all:
  /// their indexes and the reasons.
  func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    let exchange = configuration.topology.updatesExchange
    var unsendable: [Int: String] = [:]
    var pending = Array(messages.indices)
    var refusals = 0
    while true {
      let limits = MessageLimits(body: sizeLimit, frame: try frameMax())
      pending.removeAll { index in
        guard let objection = limits.objection(to: messages[index]) else { return false }
        unsendable[index] = objection
        return true
      }
      if pending.isEmpty { return unsendable }
      let (written, outcome) = try await transmit(pending.count) { handle, offset throws(BrokerError) in
        let message = messages[pending[offset]]
        try handle.publish(message, exchange: exchange)
        return message.body.count
      }
      let unwritten = pending[written...]
      switch outcome {
      case .answered(let refused):
        if !refused.isEmpty {
          configuration.onNotice(.refused(count: refused.count))
          refusals += 1
          guard refusals < configuration.publishAttempts else {
            try renewChannel()
            throw refusedMessages(refused.count)
          }
        }
        pending = refused.map { pending[$0] } + unwritten
      case .interrupted(let outstanding):
        pending = outstanding.map { pending[$0] } + unwritten
      }
    }
  }

  /// The bytes after which what was written is sent, and the socket is looked at.
  private static let chunk = 16 << 10

  /// Writes up to `count` messages in a row, fewer when the server blocks the connection in the meantime, and
  /// awaits their confirms. `write` writes the message at an offset and returns its size in bytes.
  func transmit(
    _ count: Int, _ write: (ConnectionHandle, Int) throws(BrokerError) -> Int
  ) async throws -> (written: Int, outcome: PublishOutcome) {
    try await unblocked()
    let id = confirms.begin(capacity: count)
    var written = 0
    do {
      try withHandle { handle throws(BrokerError) in
        if count > 1 { handle.holdPackets(true) }
        defer { if count > 1 { handle.holdPackets(false) } }
        let epoch = channelEpoch
        // Messages that lie ready, and the bytes since the socket was looked at and since answers were read.
        var (ready, unsent, unpolled, unread) = (0, 0, 0, 0)
        defer { handle.output.removeAll() }
        while written < count, !isBlocked, epoch == channelEpoch {
          // A server that is short of memory says so and stops reading. A thread that is stuck in a write does not
          // hear it, so nothing is written into a full socket.
          if unpolled > Self.chunk {
            unpolled = 0
            guard handle.hasRoom() else {
              drain()
              try checkOpen()
              continue
            }
          }
          while written + ready < count, unsent <= Self.chunk {
            let before = handle.output.bytes.count
            let size = try write(handle, written + ready)
            // What lies ready counts with its properties.
            unsent += max(size, handle.output.bytes.count - before)
            ready += 1
          }
          try handle.flush()
          for _ in 0..<ready {
            CrashPoint.pass(.published)
            confirms.write()
          }
          written += ready
          (unpolled, unread) = (unpolled + unsent, unread + unsent)
          (ready, unsent) = (0, 0)
          // Answers are read along the way, so that the two sides never wait for each other with full
          // buffers.
          if unread > 256 << 10 {
            unread = 0
            drain()
            try checkOpen()
          }
        }
      }
    } catch {
      confirms.abandon(id)
      throw error
    }
    unansweredSince = .now
    for transmission in confirms.end(id) { complete(transmission) }
    return (written, try await outcome(of: id))
  }

  private func outcome(of id: Int) async throws -> PublishOutcome {
    if let outcome = outcomes.removeValue(forKey: id) { return outcome }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { confirmWaiters[id] = $0 }
    } onCancel: {
      Task { await self.abandon(id) }
    }
  }

  private func abandon(_ id: Int) {
    confirms.abandon(id)
    confirmWaiters.removeValue(forKey: id)?.resume(throwing: CancellationError())
  }

  func answer(_ tag: UInt64, multiple: Bool, isRefusal: Bool) {
    unansweredSince = .now
    for transmission in confirms.answer(tag, multiple: multiple, isRefusal: isRefusal) {
      complete(transmission)
    }
  }

  private func complete(_ transmission: Confirms.Transmission) {
    settle(transmission.id, .answered(refused: transmission.refused))
  }

  private func settle(_ id: Int, _ outcome: PublishOutcome) {
    if let waiter = confirmWaiters.removeValue(forKey: id) {
      waiter.resume(returning: outcome)
    } else {
      outcomes[id] = outcome
    }
  }

  /// Recovers after the server has closed the channel because of a message larger than `limit`, in bytes:
  /// every message that it has not answered is sent again on a new channel, except those that are larger.
  func retransmit(limit: Int) {
    sizeLimit = min(sizeLimit, limit)
    do {
      try reopenChannel()
    } catch {
      // `withHandle` has ended the connection; whoever uses it next learns why.
    }
  }

  /// Replaces a channel on which the server has refused a message at every attempt. RabbitMQ 3.10 may go on refusing
  /// on the same channel: where it published to a quorum queue for the first time while that had no leader, until
  /// the node that led the queue is back.
  func renewChannel() throws(BrokerError) {
    try withHandle { handle throws(BrokerError) in try handle.closeChannel() }
    // The answers that came before the channel was closed count with its tags.
    drain()
    try reopenChannel()
  }

  /// Opens a new channel after the last one was closed. Messages that were not answered are sent again.
  private func reopenChannel() throws(BrokerError) {
    channelEpoch += 1
    for transmission in confirms.reset() {
      settle(transmission.id, .interrupted(outstanding: transmission.outstanding))
    }
    try withHandle { handle throws(BrokerError) in
      try handle.openChannel()
      try handle.selectConfirms()
    }
  }

  func setBlocked(_ reason: String?) {
    isBlocked = reason != nil
    configuration.onNotice(reason.map { .blocked(reason: $0) } ?? .unblocked)
    unansweredSince = .now
    if !isBlocked { unblocking.resume() }
  }

  /// Returns once the server takes messages.
  private func unblocked() async throws {
    while isBlocked {
      try checkOpen()
      let id = unblocking.reserve()
      try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { unblocking.add(id, $0) }
      } onCancel: {
        Task { await self.cancelUnblocking(id) }
      }
    }
  }

  private func cancelUnblocking(_ id: UInt64) { unblocking.cancel(id) }

  private func frameMax() throws(BrokerError) -> Int {
    try withHandle { handle throws(BrokerError) in handle.frameMax }
  }

  private func refusedMessages(_ count: Int) -> BrokerError {
    BrokerError(
      .refusedMessages,
      "RabbitMQ at \(address) refused \(count) message(s) "
        + "\(configuration.publishAttempts) times; look for a bound queue that is full and rejects more (a policy "
        + "with max-length and reject-publish), and see RabbitMQ's log.",
      isRetryable: true)
  }
}
