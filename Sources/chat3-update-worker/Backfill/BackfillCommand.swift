import Maintenance
import ArgumentParser
import MongoStore
import Operations
import Pipeline
import RabbitBroker
import UnixSignals
import Updates

struct BackfillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backfill",
    abstract: "Makes the updates that are missing, from the API's own copy of the events.",
    discussion: """
      This is the remedy for an outage that lasted longer than the queue keeps events. What is stored stays as it is; \
      what is missing is made from the state as it is now, stored and published. Running it again changes nothing more. \
      Bad events are reported and the others are still handled; the exit code is then 65.

      Times are ISO 8601 (2026-11-21, 2026-11-21T12:30:00Z), milliseconds since 1970, or how long ago (2h, 30m, 1d).
      """)

  @Option(help: ArgumentHelp("The earliest event.", valueName: "time"), transform: Moment.parse)
  var since: Moment?

  @Option(
    help: ArgumentHelp("The first event that does not count (now).", valueName: "time"),
    transform: Moment.parse)
  var until: Moment?

  @Option(help: "Only of this tenant.")
  var tenant: String?

  @Flag(help: "Only count what is missing; store and publish nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "The most updates to handle per second, including those that are found to be stored.",
      valueName: "count"))
  var rate: Int?

  @Option(
    help: ArgumentHelp(
      "A file that keeps the place, so that the same command continues there.", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  @Flag(name: Setting.wait.argumentName, inversion: .prefixedNo, help: Setting.wait.argumentHelp)
  var wait: Bool?

  @OptionGroup var mongo: MongoSettings
  @OptionGroup var broker: BrokerSettings

  func validate() throws {
    if since == nil, checkpoint == nil {
      throw ValidationError("--since is missing: the time of the earliest event")
    }
    if let rate, rate < 1 { throw ValidationError("--rate takes a count from 1 on") }
  }

  func run() async throws {
    let file = checkpoint.map(BackfillCheckpoint.init)
    let place = try startingPlace(file)
    let range = EventRange(
      tenantId: tenant.map(Identifier.init), since: place.position, until: place.until)
    let store = MongoStore(try mongo.configuration())
    let progress = BackfillProgress(isDryRun: dryRun)
    let source = ArchivedEventSource(store, range: range) { position in
      progress.show(position)
      guard !dryRun else { return }
      var place = place
      place.position = position
      try file?.write(place)
    }
    let backfill = BackfillStore(
      store, archive: store, range: range, pace: rate.map(Pace.init), isDryRun: dryRun)
    let worker = try worker(range, store, source, backfill, progress)
    let signal: UnixSignal?
    do {
      signal = try await closing {
        try await interruptible {
          try await worker.stop()
        } _: {
          try await worker.run()
        }
      } finally: {
        await store.close()
      }
    } catch {
      progress.finish(backfill.counts, remedy: remedy(await source.position, place))
      throw error
    }
    if let signal {
      progress.finish(backfill.counts, remedy: remedy(await source.position, place))
      Shutdown.die(of: signal)
    }
    progress.finish(backfill.counts, remedy: nil)
    if !dryRun { try file?.remove() }
    if progress.badEvents > 0 { throw Failure(.badInput, "") }
  }

  /// Where to start: what the checkpoint says, else what the flags say.
  private func startingPlace(_ file: BackfillCheckpoint?) throws -> BackfillCheckpoint.Content {
    if let file, let place = try file.read() {
      guard place.tenant.map(Identifier.init) == tenant.map(Identifier.init) else {
        throw Failure(
          .usage,
          "\(file.path) is the checkpoint of a backfill of \(place.tenant.map { "tenant \($0)" } ?? "all tenants"); "
            + "continue with that tenant, or name another file")
      }
      return place
    }
    guard let since else {
      throw Failure(.usage, "there is no checkpoint yet; name the earliest event with --since")
    }
    let now = UpdateClock().now()
    let place = BackfillCheckpoint.Content(
      tenant: tenant, since: since.milliseconds(now: now), until: until?.milliseconds(now: now) ?? now,
      position: since.milliseconds(now: now))
    guard place.since < place.until else { throw Failure(.usage, "--since is not before --until") }
    return place
  }

  private func worker(
    _ range: EventRange, _ store: MongoStore, _ source: ArchivedEventSource, _ backfill: BackfillStore,
    _ progress: BackfillProgress
  ) throws -> LiveWorker {
    var configuration = try broker.configuration()
    let waits = try Settings(flags: [(.wait, wait.map(String.init))]).isOn(.wait)
    configuration.onNotice = { notice in
      switch notice {
      case .blocked(let reason):
        progress.note(
          .waiting(for: .publish, because: "RabbitMQ takes no messages: \(reason)"), backfill.counts)
      case .unblocked: progress.note(.recovered, backfill.counts)
      case .connected, .passedOver, .lost, .refused, .standingBy, .consuming: break
      }
    }
    let publisher: any LivePublisher = dryRun ? NoPublisher() : BrokerPublisher(configuration)
    var limits = PipelineLimits()
    if let rate {
      // When it is asked to stop, it finishes what is open.
      limits.openEvents = min(limits.openEvents, rate)
      let bounds = limits.updatesPerRound
      limits.updatesPerRound = min(bounds.lowerBound, rate)...min(bounds.upperBound, rate)
    }
    let pipeline = UpdatePipeline(
      directory: store, store: backfill, publisher: dryRun ? nil : publisher,
      deadLetters: ReportedBadEvents(source: source, progress: progress), limits: limits)
    return LiveWorker(
      source: source, publisher: publisher, pipeline: pipeline, openEvents: limits.openEvents,
      waits: waits,
      prepareStore: {
        if !dryRun { try await store.prepare() }
        progress.begin(try await store.bounds(of: range))
        try await backfill.prepare()
      },
      notice: { progress.note($0, backfill.counts) })
  }

  /// How to go on from a position.
  private func remedy(_ position: Double, _ place: BackfillCheckpoint.Content) -> String {
    if checkpoint != nil, !dryRun { return "Not complete: the same command goes on." }
    var words = ["chat3-update-worker", "backfill", "--since", "\(position)", "--until", "\(place.until)"]
    if let tenant { words += ["--tenant", shellQuoted(tenant)] }
    if dryRun { words.append("--dry-run") }
    if let rate { words += ["--rate", "\(rate)"] }
    return "Not complete; this goes on: \(words.joined(separator: " "))"
  }
}

/// Publishes nothing, for a dry run.
private struct NoPublisher: LivePublisher {
  var isReady: Bool { true }
  func connect() async {}
  func publish(_ messages: [UpdateMessage]) async -> [Int: String] { [:] }
  func close() async {}
}

/// A word of a command line as a shell takes it for one.
private func shellQuoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy { byte in
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte)
  }
  return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
}
