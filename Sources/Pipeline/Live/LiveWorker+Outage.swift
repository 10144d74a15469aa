/// How the worker waits out an outage of a server (spec section 7.3).
extension LiveWorker {
  func reconnectSource(after fault: any ServerFault) async throws {
    guard waits else { throw fault }
    begin(waitingFor: .consume, after: fault)
    try await untilItWorks(broker: .consume) {
      try await self.source.connect()
      // Both connections are mostly lost together, and an idle worker does not publish soon.
      if await !self.publisher.isReady { try await self.publisher.connect() }
    }
    if !isStopping { endWaiting() }
  }

  /// Tries `body` again and again, with growing pauses, while a server is down. Returns without success when
  /// the worker is to stop.
  ///
  /// - Parameters:
  ///   - broker: The connection to the broker that `body` uses, if any.
  ///   - goesOn: Whether `body` is a step of what may fail in a later step, so that its success does not end an outage and
  ///     the pauses grow on.
  func untilItWorks(broker: Peer, goesOn: Bool = false, _ body: () async throws -> Void) async throws {
    if !goesOn || !isWaiting { upcomingPauses = pauses }
    while true {
      do {
        return try await body()
      } catch let fault as any ServerFault where fault.isRetryable {
        guard waits else { throw fault }
        if isStopping { return }
        begin(waitingFor: fault.isOfStore ? .mongodb : broker, after: fault)
        watch.note(.pausing)
        try await wait(upcomingPauses.next(random: random()))
        if isStopping { return }
      }
    }
  }

  private func begin(waitingFor peer: Peer, after fault: any ServerFault) {
    guard !isWaiting else { return }
    isWaiting = true
    notice(.waiting(for: peer, because: fault.message))
  }

  func endWaiting() {
    guard isWaiting else { return }
    isWaiting = false
    notice(.recovered)
  }

  private func wait(_ duration: Duration) async throws {
    let pause = Task { [timer] in try await timer.sleep(for: duration) }
    self.pause = pause
    // Only `stop`, or the end of the task that runs the worker, ends the pause early.
    await withTaskCancellationHandler {
      _ = await pause.result
    } onCancel: {
      pause.cancel()
    }
    self.pause = nil
    try Task.checkCancellation()
  }
}
