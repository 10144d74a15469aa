import Pipeline

/// How a recording waits out an outage of a server.
extension EventRecorder {
  /// Tries `body` again and again, with growing pauses, while a server is down; false when the recording is to
  /// stop before it has worked.
  func untilItWorks(_ body: () async throws -> Void) async throws -> Bool {
    var pauses = pauses
    while true {
      do {
        try await body()
        return true
      } catch let fault as any ServerFault where fault.isRetryable {
        guard waits else { throw fault }
        if isStopping { return false }
        begin(waitingFor: fault)
        try await wait(pauses.next(random: Double.random(in: 0..<1)))
        if isStopping { return false }
      }
    }
  }

  func begin(waitingFor fault: any ServerFault) {
    guard !isWaiting else { return }
    isWaiting = true
    notice(.waiting(fault.message))
  }

  func endWaiting(gap: Duration?) {
    guard isWaiting else { return }
    isWaiting = false
    notice(.recovered(gap: gap))
  }

  private func wait(_ duration: Duration) async throws {
    let pause = Task { try await Task.sleep(for: duration) }
    self.pause = pause
    // Only `stop`, or the end of the task that runs the recording, ends the pause early.
    await withTaskCancellationHandler {
      _ = await pause.result
    } onCancel: {
      pause.cancel()
    }
    self.pause = nil
    try Task.checkCancellation()
  }
}
