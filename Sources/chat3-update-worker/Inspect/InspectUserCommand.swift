import ArgumentParser
import BSON
import Pipeline
import Updates

struct InspectUserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user",
    abstract:
      "Shows what a user was sent, whether their statistics are right, and what their gateway has to bind.",
    discussion: """
      The updates are the last ones, in the order in which they were made.

      Times are ISO 8601 (2026-11-21, 2026-11-21T12:30:00Z), milliseconds since 1970, or how long ago (2h, 30m, 1d).
      """)

  @Argument(help: ArgumentHelp("The user's id.", valueName: "id"))
  var user: String

  @Option(help: "The user's tenant.")
  var tenant: String

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(
    help: ArgumentHelp(
      "Only updates made before this time, or after this place of a listing.", valueName: "time|place"),
    transform: ListingPlace.parse)
  var before: ListingPlace?

  @Option(help: "How many updates at most, 1 to 10000.")
  var limit = 20

  @Flag(help: "One JSON object.")
  var json = false

  func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes a count from 1 to 10000") }
  }

  func run() async throws {
    let store = try store.openForReading()
    let report = try await UserReport(
      of: EntityKey(tenantId: Identifier(tenant), id: Identifier(user)), in: store, limit: limit,
      cursor: before?.cursor(now: UpdateClock().now()), patience: inspectionPatience)
    if report.isEmpty {
      throw Failure(.badInput, "nothing is known of user \(user) of tenant \(tenant) in this store")
    }
    if json {
      _ = try writeOutput(JSONWriter.text(report.document) + [UInt8(ascii: "\n")])
      return
    }
    guard try writeOutput(Array((report.text(width: Table.terminalWidth) + "\n").utf8)) else { return }
    let listing = UpdateListing(asJSON: false)
    for update in report.page.updates.reversed() {
      guard try listing.add(update) else { return }
    }
    guard try listing.flush() else { return }
    let note = SearchNote(searched: report.page.searched, next: report.page.next)
    if let text = note.ofIncomplete(report.page.updates.count)
      ?? note.goOn.map({ "there are older ones; \($0)" })
    {
      printError(text)
    }
  }
}
