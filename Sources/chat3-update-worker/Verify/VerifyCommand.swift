import Maintenance
import ArgumentParser
import MongoStore
import Pipeline
import RabbitBroker
import Updates

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks that the updates of all events are stored, and that the statistics are right.",
    discussion: """
      For every event of the range (from the API's own copy of the events): are its updates stored and published, and \
      do they hold what the event says, as far as the present state can tell? For every user: do the last statistics \
      that they were sent agree with their memberships? Differences go to standard output; if there are any, the exit \
      code is 65. backfill makes what is missing; --repair sends fresh statistics.

      Times are ISO 8601 (2026-11-21, 2026-11-21T12:30:00Z), milliseconds since 1970, or how long ago (2h, 30m, 1d).
      """)

  @Option(help: ArgumentHelp("The earliest event (1d).", valueName: "time"), transform: Moment.parse)
  var since = Moment.ago(Age(seconds: 86_400))

  @Option(
    help: ArgumentHelp(
      "The first event that does not count (1m): later ones may be in hand.", valueName: "time"),
    transform: Moment.parse)
  var until = Moment.ago(Age(seconds: 60))

  @Option(help: "Only of this tenant.")
  var tenant: String?

  @Flag(help: "One JSON object per difference and line.")
  var json = false

  @Flag(help: "Send a fresh UserStatsUpdate to users whose last one is wrong.")
  var repair = false

  @OptionGroup var mongo: MongoSettings
  @OptionGroup var broker: BrokerSettings

  /// Events looked at together.
  private static let page = 128

  func run() async throws {
    let now = UpdateClock().now()
    let range = EventRange(
      tenantId: tenant.map(Identifier.init), since: since.milliseconds(now: now),
      until: until.milliseconds(now: now))
    guard range.since < range.until ?? .infinity else {
      throw Failure(.usage, "--since is not before --until")
    }
    let store = MongoStore(try mongo.configuration())
    let publisher = repair ? BrokerPublisher(try broker.configuration()) : nil
    let report = VerifyReport(asJSON: json, repairs: repair)
    try await closing {
      try await publisher?.connect()
      try await examineEvents(in: range, store, report)
      try await examineStatistics(of: range.tenantId, store, publisher, report)
      try report.flush()
      await keep(report.record(of: range), in: store, report)
    } finally: {
      await publisher?.close()
      await store.close()
    }
    try report.finish()
    if report.remaining > 0 { throw Failure(.badInput, "") }
  }

  /// Keeps what was found, for the inspector's overview. A user who may only read verifies all the same.
  private func keep(_ record: VerificationRecord, in store: MongoStore, _ report: VerifyReport) async {
    do {
      try await store.note(record)
    } catch {
      report.say("what was found is not kept: \(Failure(error).message)")
    }
  }

  private func examineStatistics(
    of tenantId: Identifier?, _ store: MongoStore, _ publisher: BrokerPublisher?, _ report: VerifyReport
  ) async throws {
    let repair = publisher.map { StatisticsRepair(directory: store, store: store, publisher: $0) }
    try await StatisticsAudit(store, store, repair: repair).examine(tenantId) {
      try report.add($0, isRepaired: $1)
    } progress: {
      try report.add(users: $0)
    }
  }

  private func examineEvents(in range: EventRange, _ store: MongoStore, _ report: VerifyReport) async throws {
    var rest = range
    rest.until = nil
    let audit = EventAudit(store, store, history: try await MembershipHistory.read(store, in: rest))
    let source = ArchivedEventSource(store, range: range)
    try await source.connect()
    while true {
      let deliveries = try await source.next(limit: Self.page)
      if deliveries.isEmpty { break }
      let counts = try await audit.examine(deliveries) { try report.add($0) }
      try await source.acknowledge(deliveries.map(\.tag))
      try report.add(counts, at: await source.position)
    }
    await source.close()
  }
}
