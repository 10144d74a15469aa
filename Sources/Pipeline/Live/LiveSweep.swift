import BSON
import Updates

/// A publisher of which several workers agree who of them uses it.
public protocol ClaimedPublisher: UpdatePublisher {
  /// Connects, and takes the place of which there is one for all workers; false when another has it. Until then nothing
  /// can be published.
  func claim() async throws -> Bool
  /// Gives the place up and ends the connection. May be called again.
  func close() async
}

/// What an operator wants to hear of the sweeps.
public enum SweepNotice: Sendable {
  /// A sweep has published so many updates that were never confirmed.
  case published(Int)
  /// A stored update cannot be published for what it is. Told once.
  case unsendable(UpdatePipeline.Unsendable)
  /// Sweeps fail for now; the worker goes on without.
  case failing(String)
  /// Sweeps work again.
  case working
}

/// Publishes, at the worker's start and from time to time, stored updates that were never confirmed and whose event will
/// not come again (spec section 7.5): those of a worker that was killed between storing and publishing while its event
/// left the queue.
///
/// It runs beside the batches, on a connection of its own that is there only while there is something to publish. Each
/// sweep is bounded; the next goes on where it ended. Of several workers one sweeps at a time.
public actor LiveSweep {
  /// How the sweeps are cut.
  public struct Schedule: Sendable {
    /// The pause between two sweeps; 1 minute by default.
    public var interval: Duration = .seconds(60)
    /// Younger updates are left alone, in milliseconds; a minute by default.
    public var leastAge: Double = 60_000
    /// Updates seen in a sweep at most, about; 10,000 by default.
    public var limit = 10_000
    /// How long the end of the worker waits for the page in hand; 5 s by default.
    public var grace: Duration = .seconds(5)

    /// The defaults.
    public init() {}
  }

  /// Updates remembered as such as cannot be published: a bound of the memory. More are tried again and told again.
  private static let mostRemembered = 10_000

  private let store: any SweptStore
  private let publisher: any ClaimedPublisher
  private let schedule: Schedule
  private let clock: UpdateClock
  private let notice: @Sendable (SweepNotice) -> Void

  private var position: Double?
  private var unsendable: Set<ObjectId> = []
  private var isFailing = false
  private var isStopping = false
  private var pause: Task<Void, any Error>?

  /// Takes its ends; the publisher is its own.
  public init(
    store: any SweptStore, publisher: any ClaimedPublisher, schedule: Schedule = Schedule(),
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
  public func run(inHandSince: @Sendable () async -> Double?) async {
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
  public func stop() {
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
    var sweep = UnpublishedSweep(
      store: store, publisher: publisher, createdBefore: created, after: position, passingOver: unsendable,
      clock: clock)
    defer { if sweep.published > 0 { notice(.published(sweep.published)) } }
    var isClaimed = false
    while !isStopping, sweep.seen < schedule.limit {
      let page = try await sweep.look(min(UnpublishedSweep.page, schedule.limit - sweep.seen))
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
