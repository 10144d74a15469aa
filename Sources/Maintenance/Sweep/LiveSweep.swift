package import Pipeline
import BSON
import Updates

/// Publishes, when the worker starts and from time to time, stored updates that were never confirmed and
/// whose event will not be delivered again (spec section 7.5). A worker leaves such updates behind when it is
/// killed between storing and publishing and its event leaves the queue meanwhile.
///
/// The sweep runs beside the rounds, on a connection of its own that exists only while there is something to
/// publish. Each sweep is bounded, and the next continues where it ended. Only one of several workers sweeps
/// at a time.
package actor LiveSweep: BackgroundTask {
  /// When the sweeps run, and how much they do.
  package struct Schedule: Sendable {
    /// The pause between two sweeps.
    package var interval: Duration = .seconds(60)
    /// Updates younger than this, in milliseconds, are left alone.
    package var leastAge: Double = 60_000
    /// About the most updates that one sweep looks at.
    package var limit = 10_000
    /// How long a worker that is ending waits for the page in hand.
    package var grace: Duration = .seconds(5)

    package init() {}
  }

  /// The most unpublishable updates that are remembered, to bound the memory. Any others are tried and
  /// reported again.
  private static let mostRemembered = 10_000

  private let store: any UpdateBacklog
  private let publisher: any ExclusivePublisher
  private let schedule: Schedule
  private let clock: UpdateClock
  private let timer: any Clock<Duration>
  private let notice: @Sendable (SweepNotice) -> Void

  private var position: Double?
  private var unsendable: Set<ObjectId> = []
  private var isFailing = false
  private var isStopping = false
  private var pause: Task<Void, any Error>?

  /// `publisher` must not be used by anything else. `timer` measures the pauses.
  package init(
    store: any UpdateBacklog, publisher: any ExclusivePublisher, schedule: Schedule = Schedule(),
    clock: UpdateClock = UpdateClock(), timer: any Clock<Duration> = ContinuousClock(),
    notice: @escaping @Sendable (SweepNotice) -> Void
  ) {
    self.store = store
    self.publisher = publisher
    self.schedule = schedule
    self.clock = clock
    self.timer = timer
    self.notice = notice
  }

  package func run(upTo limit: @Sendable () async -> Double) async {
    while !isStopping {
      do {
        if try await sweep(upTo: limit) {
          notice(.done)
          if isFailing { notice(.working) }
          isFailing = false
        }
      } catch {
        if !isFailing, !isStopping { notice(.failing((error as? any ServerFault)?.message ?? "\(error)")) }
        isFailing = true
      }
      await publisher.close()
      if isStopping { return }
      let pause = Task { [timer, schedule] in try await timer.sleep(for: schedule.interval) }
      self.pause = pause
      // Only `stop` ends the pause early.
      _ = await pause.result
    }
  }

  /// Ends the sweeps. The page in hand is finished if that is possible within ``Schedule/grace``.
  package func stop() {
    isStopping = true
    pause?.cancel()
    let (publisher, timer, grace) = (publisher, timer, schedule.grace)
    Task {
      try await timer.sleep(for: grace)
      await publisher.close()
    }
  }

  /// Returns whether it looked; not, if that is left to another worker.
  private func sweep(upTo limit: @Sendable () async -> Double) async throws -> Bool {
    let created = min(clock.now() - schedule.leastAge, await limit())
    guard created > 0 else { return false }
    var sweep = BacklogSweep(
      store: store, publisher: publisher, createdBefore: created, after: position, passingOver: unsendable,
      clock: clock)
    defer { if sweep.published > 0 { notice(.published(sweep.published)) } }
    var isClaimed = false
    // The worker may have lost its queue to another one since the sweep began.
    while !isStopping, sweep.seen < schedule.limit, await limit() >= created {
      let page = try await sweep.look(min(BacklogSweep.page, schedule.limit - sweep.seen))
      if page.isEmpty {
        position = nil
        return true
      }
      if !isClaimed, sweep.isWorthwhile(page) {
        guard try await publisher.claim() else { return true }
        isClaimed = true
        // Look again: another worker may have published this page in the meantime.
        continue
      }
      let reported = sweep.unsendable.count
      try await sweep.publish(page)
      position = sweep.position
      for update in sweep.unsendable[reported...] { remember(update) }
    }
    return true
  }

  private func remember(_ update: UpdatePipeline.Unsendable) {
    if unsendable.count < Self.mostRemembered { unsendable.insert(update.id) }
    notice(.unsendable(update))
  }
}
