import Pipeline

/// Asks the servers, beside the rounds, what no round shows: whether MongoDB is there while nothing is in hand, and how
/// long queues and backlog are. It never disturbs the worker: what it calls has connections of its own, and a failure
/// leaves the last figures as they are.
package struct LookUps: Sendable {
  /// What an operator wants to know about them.
  package enum Notice: Sendable {
    /// Figures cannot be looked up, for the given reason.
    case failing(String)
    /// They can be looked up again.
    case working
    /// MongoDB is down, for the given reason, while the worker has nothing in hand. With events in hand the worker
    /// itself tells that it waits.
    case storeDown(String)
    /// MongoDB, of which the above was told, is there again.
    case storeBack
  }

  /// How often the database is asked, unless the rounds have just shown that it is there: often enough for an outage
  /// to show within a second, together with the patience of ``HealthFacts/Store/patience``.
  private static let pingInterval: Duration = .milliseconds(200)
  private static let pingSeconds = pingInterval / .seconds(1)
  /// How often an idle worker looks after its connections.
  private static let tendInterval: Duration = .milliseconds(400)

  /// How often the figures are looked up.
  package var interval: Duration = .seconds(15)
  /// Asks the database whether it is there. It fails within a fraction of a second where nobody listens.
  package var ping: @Sendable () async throws -> Void
  /// Lets an idle worker reconnect what it needs (``LiveWorker/tend()``).
  package var tend: @Sendable () async -> Void
  /// Each look-up changes some of the figures.
  package var figures: [@Sendable () async throws -> @Sendable (inout BacklogFigures) -> Void]
  package var notice: @Sendable (Notice) -> Void

  package init(
    ping: @escaping @Sendable () async throws -> Void, tend: @escaping @Sendable () async -> Void,
    figures: [@Sendable () async throws -> @Sendable (inout BacklogFigures) -> Void],
    notice: @escaping @Sendable (Notice) -> Void
  ) {
    self.ping = ping
    self.tend = tend
    self.figures = figures
    self.notice = notice
  }

  /// Tells the monitor what they find until the task is cancelled.
  package func run(for monitor: WorkerMonitor) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        var isDown = false
        await repeated(every: Self.pingInterval) { await askStore(for: monitor, &isDown) }
      }
      group.addTask {
        await repeated(every: Self.tendInterval) {
          await tend()
          monitor.refresh()
        }
      }
      group.addTask {
        var isFailing = false
        // Before the worker has made its queues there is nothing to look at.
        while !monitor.health.isStarted {
          do { try await Task.sleep(for: Self.pingInterval) } catch { return }
        }
        await repeated(every: interval) { await lookUp(for: monitor, &isFailing) }
      }
    }
  }

  /// - Parameter isDown: Whether it was told that the database is down.
  private func askStore(for monitor: WorkerMonitor, _ isDown: inout Bool) async {
    guard monitor.mustAsk(after: Self.pingSeconds) else { return }
    monitor.asksStore()
    do {
      try await ping()
      monitor.storeAnswered()
      if isDown { notice(.storeBack) }
      isDown = false
    } catch {
      guard !Task.isCancelled else { return }
      let reason = (error as? any ServerFault)?.message ?? "\(error)"
      monitor.storeFailed(reason)
      if !isDown, monitor.isIdle {
        isDown = true
        notice(.storeDown(reason))
      }
    }
  }

  private func lookUp(for monitor: WorkerMonitor, _ isFailing: inout Bool) async {
    var fault: String?
    for figure in figures {
      do {
        monitor.found(try await figure())
      } catch {
        fault = (error as? any ServerFault)?.message ?? "\(error)"
      }
    }
    guard !Task.isCancelled else { return }
    if let fault, !isFailing { notice(.failing(fault)) }
    if fault == nil, isFailing { notice(.working) }
    isFailing = fault != nil
  }
}

/// Does the work again and again, with a pause after each time, until the task is cancelled.
private func repeated(every pause: Duration, _ work: () async -> Void) async {
  while !Task.isCancelled {
    await work()
    do { try await Task.sleep(for: pause) } catch { return }
  }
}
