import Maintenance
import ArgumentParser
import MongoStore
import Pipeline
import RabbitBroker

struct RepublishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "republish",
    abstract: "Publishes stored updates that were never confirmed, oldest first.",
    discussion: """
      The running worker does the same by itself, some of them each minute; this command publishes all of them at once. \
      It waits while a worker does so, and the workers wait for it. Settings are read from the same variables of the \
      environment as those of run.
      """)

  @Option(
    help: ArgumentHelp(
      "Only those stored at least this long ago: 30s, 1m, 2h, 30d. A worker may have younger ones in hand.",
      valueName: "age"))
  var olderThan = Age(seconds: 60)

  @Option(help: "How many at most; 0: all.")
  var limit = 0

  @OptionGroup var mongo: MongoSettings
  @OptionGroup var broker: BrokerSettings

  func validate() throws {
    if limit < 0 { throw ValidationError("--limit takes a count from 0 on") }
  }

  func run() async throws {
    var configuration = try broker.configuration()
    let location = configuration.url.location
    configuration.onNotice = { notice in
      if case .blocked(let reason) = notice {
        printError("RabbitMQ at \(location) takes no messages for now (\(reason)); waiting")
      }
    }
    let store = MongoStore(try mongo.configuration())
    let publisher = BrokerPublisher(configuration)
    try await closing {
      try await republish(from: store, to: publisher)
    } finally: {
      await publisher.close()
      await store.close()
    }
  }

  private func republish(from store: MongoStore, to publisher: BrokerPublisher) async throws {
    // Without its index, this would read every update in the collection.
    try await store.prepare()
    var isWaiting = false
    while !(try await publisher.claim()) {
      if !isWaiting {
        printError("a worker is publishing such updates at the moment; waiting until it is done")
      }
      isWaiting = true
      try await Task.sleep(for: .seconds(1))
    }
    var sweep = BacklogSweep(
      store: store, publisher: publisher, createdBefore: olderThan.ago(from: UpdateClock().now()))
    do {
      while limit == 0 || sweep.published < limit {
        let left = limit == 0 ? BacklogSweep.page : min(BacklogSweep.page, limit - sweep.published)
        let page = try await sweep.look(left)
        if page.isEmpty { break }
        try await sweep.publish(Array(page.prefix(left)))
      }
    } catch {
      printError("cut off: " + summary(sweep))
      throw error
    }
    printError(summary(sweep))
  }

  /// `published 12 updates, 1 cannot be sent: …`.
  private func summary(_ sweep: BacklogSweep) -> String {
    var text = "published \(counted(sweep.published))"
    let unsendable = sweep.unsendable
    guard !unsendable.isEmpty else { return text }
    text += ", \(unsendable.count) cannot be sent: "
    text += unsendable.prefix(10).map { "\($0.id) (\($0.reason))" }.joined(separator: ", ")
    return text + (unsendable.count > 10 ? ", …" : "")
  }

  private func counted(_ count: Int) -> String { count == 1 ? "1 update" : "\(count) updates" }
}
