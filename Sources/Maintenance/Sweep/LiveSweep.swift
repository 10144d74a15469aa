package import Pipeline
import BSON
import Updates

/// Publishes, at the worker's start and from time to time, stored updates that were never confirmed and whose event will
/// not come again (spec section 7.5): those of a worker that was killed between storing and publishing while its event
/// left the queue.
///
/// It runs beside the batches, on a connection of its own that is there only while there is something to publish. Each
/// sweep is bounded; the next goes on where it ended. Of several workers one sweeps at a time.
package actor LiveSweep: BackgroundTask {
  /// How the sweeps are cut.
  package struct Schedule: Sendable {
    /// The pause between two sweeps; 1 minute by default.
    package var interval: Duration = .seconds(60)
    /// Younger updates are left alone, in milliseconds; a minute by default.
    package var leastAge: Double = 60_000
    /// Updates seen in a sweep at most, about; 10,000 by default.
    package var limit = 10_000
    /// How long the end of the worker waits for the page in hand; 5 s by default.
    package var grace: Duration = .seconds(5)

    /// The defaults.
    package init() {}
  }

  /// Updates remembered as such as cannot be published: a bound of the memory. More are tried again and told again.
  private static let mostRemembered = 10_000

  private let store: any UpdateBacklog
  private let publisher: any ExclusivePublisher
  private let schedule: Schedule
  private let clock: UpdateClock
  private let notice: @Sendable (SweepNotice) -> Void

  private var position: Double?
  private var unsendable: Set<ObjectId> = []
  private var isFailing = false
  private var isStopping = false
  private var pause: Task<Void, any Error>?

  /// Takes its ends; the publisher is its own.
  package init(
    store: any UpdateBacklog, publisher: any ExclusivePublisher, schedule: Schedule = Schedule(),
    clock: UpdateClock = UpdateClock(), notice: @escaping @Sendable (SweepNotice) -> Void
  ) {
    self.store = store
    self.publisher = publisher
    self.schedule = schedule
    self.clock = clock
    self.notice = notice
  }

  /// Sweeps until ``stop()``. `inHandSince` says when the worker took up what it has in hand, if anything (milliseconds
  /// since 1970): updates made since are left to it.
  package func run(inHandSince: @Sendable () async -> Double?) async {
    while !isStopping {
      do {
        try await sweep(inHandSince: await inHandSince())
        if isFailing { notice(.working) }
        isFailing = false
      } catch {
        if !isFailing, !isStopping { notice(.failing((error as? any ServerFault)?.message ?? "\(error)")) }
        isFailing = true
      }
      await publisher.close()
      if isStopping { return }
      let pause = Task { try await Task.sleep(for: schedule.interval) }
      self.pause = pause
      // Ended early by `stop` only.
      _ = await pause.result
    }
  }

  /// Ends the sweeps. The page in hand is finished, if that is possible within the grace.
  package func stop() {
    isStopping = true
    pause?.cancel()
    let (publisher, grace) = (publisher, schedule.grace)
    Task {
      try await Task.sleep(for: grace)
      await publisher.close()
    }
  }

  private func sweep(inHandSince: Double?) async throws {
    let created = min(clock.now() - schedule.leastAge, inHandSince ?? .infinity)
    var sweep = BacklogSweep(
      store: store, publisher: publisher, createdBefore: created, after: position, passingOver: unsendable,
      clock: clock)
    defer { if sweep.published > 0 { notice(.published(sweep.published)) } }
    var isClaimed = false
    while !isStopping, sweep.seen < schedule.limit {
      let page = try await sweep.look(min(BacklogSweep.page, schedule.limit - sweep.seen))
      if page.isEmpty {
        position = nil
        return
      }
      if !isClaimed, sweep.isWorthwhile(page) {
        guard try await publisher.claim() else { return }
        isClaimed = true
        // What another worker has published since is not there any more.
        continue
      }
      let told = sweep.unsendable.count
      try await sweep.publish(page)
      position = sweep.position
      for update in sweep.unsendable[told...] { remember(update) }
    }
  }

  private func remember(_ update: UpdatePipeline.Unsendable) {
    if unsendable.count < Self.mostRemembered { unsendable.insert(update.id) }
    notice(.unsendable(update))
  }
}
