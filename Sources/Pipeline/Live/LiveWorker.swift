import Synchronization
import Updates

/// Runs the pipeline on a live source and publisher for months: waits out outages, keeps its place, and stops
/// in good order (spec section 7). One task runs it; ``stop()`` may be called from anywhere.
package actor LiveWorker {
  let source: any LiveEventSource
  private let publisher: any LivePublisher
  private let pipeline: UpdatePipeline
  private let prepareStore: @Sendable () async throws -> Void
  private let background: (any BackgroundTask)?
  private let roundSize: Int
  let waits: Bool
  let pauses: RetryPause
  let notice: @Sendable (WorkerNotice) -> Void

  var isStopping = false
  var isWaiting = false
  var pause: Task<Void, any Error>?
  private var backgroundWork: Task<Void, Never>?
  private let clock = UpdateClock()
  /// When the round in hand was taken up, in milliseconds since 1970; `nil` between rounds.
  private var inHandSince: Double?

  /// `publisher` must be the one that `pipeline` was composed with. `prepareStore` throws as long as the
  /// store cannot be used. `background` runs from the moment the worker is ready until it ends. If `waits` is
  /// false, an outage ends ``run()`` with its error.
  package init(
    source: any LiveEventSource, publisher: any LivePublisher, pipeline: UpdatePipeline,
    background: (any BackgroundTask)? = nil, roundSize: Int, waits: Bool, pauses: RetryPause = RetryPause(),
    prepareStore: @escaping @Sendable () async throws -> Void,
    notice: @escaping @Sendable (WorkerNotice) -> Void
  ) {
    self.source = source
    self.publisher = publisher
    self.pipeline = pipeline
    self.background = background
    self.roundSize = roundSize
    self.waits = waits
    self.pauses = pauses
    self.prepareStore = prepareStore
    self.notice = notice
  }

  /// Works until ``stop()``.
  ///
  /// - Throws: what waiting cannot mend: a ``ServerFault`` that is not retryable, or a fault of the program.
  ///   If the worker does not wait, any ``ServerFault``.
  package func run() async throws {
    do {
      try await work()
    } catch {
      await close()
      throw error
    }
    await close()
  }

  /// Stops taking events. The round in hand is finished and acknowledged, and then ``run()`` returns. While a
  /// server is down, nothing can be finished: then ``run()`` returns at once, and the events are given back.
  package func stop() async throws {
    isStopping = true
    pause?.cancel()
    await background?.stop()
    do {
      try await source.release()
    } catch let fault as any ServerFault where fault.isRetryable {
      // A lost connection delivers nothing more.
      return
    }
  }

  private func work() async throws {
    for start in [prepareStore, publisher.connect, source.connect] as [@Sendable () async throws -> Void] {
      try await untilItWorks { try await start() }
      if isStopping { return }
      endWaiting()
    }
    notice(.ready)
    backgroundWork = background.map { task in Task { await task.run { await self.inHandSince } } }
    while !isStopping {
      let deliveries: [Delivery]
      do {
        deliveries = try await source.next(limit: roundSize)
      } catch let fault as any ServerFault where fault.isRetryable {
        if isStopping { return }
        try await reconnectSource(after: fault)
        continue
      }
      guard let last = deliveries.last else { return }
      guard try await handle(deliveries) else { return }
      CrashPoint.pass(.handled)
      do {
        try await source.acknowledge(through: last.tag)
        CrashPoint.pass(.acknowledged)
        // The wait is over only now, because the source's connection may have been lost together with the
        // publisher's.
        endWaiting()
      } catch let fault as any ServerFault where fault.isRetryable {
        if isStopping { return }
        try await reconnectSource(after: fault)
      }
    }
  }

  /// Handles the round, with as many attempts as that takes; false when the worker is to stop before it is
  /// done.
  private func handle(_ deliveries: [Delivery]) async throws -> Bool {
    var isDone = false
    inHandSince = clock.now()
    defer { inHandSince = nil }
    try await untilItWorks {
      if await !self.publisher.isReady { try await self.publisher.connect() }
      let (tally, unsendable) = try await self.pipeline.handle(deliveries)
      for update in unsendable { self.notice(.unsendable(update)) }
      self.notice(.round(tally))
      isDone = true
    }
    return isDone
  }

  private func close() async {
    await background?.stop()
    await backgroundWork?.value
    await source.close()
    await publisher.close()
  }
}
