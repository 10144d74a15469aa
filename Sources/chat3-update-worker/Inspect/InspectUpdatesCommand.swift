import ArgumentParser
import BSON
import Foundation
import Pipeline
import Synchronization
import Updates

struct InspectUpdatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "updates", abstract: "Shows stored updates, newest first.")

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(help: "Only of this tenant.")
  var tenant: String?

  @Option(help: "Only for this recipient.")
  var user: String?

  @Option(help: ArgumentHelp("Only of this dialog.", valueName: "id"))
  var dialog: String?

  @Option(help: ArgumentHelp("Only of this event: 24 hex digits, or evt_ and 32.", valueName: "id"))
  var event: EventIdArgument?

  @Option(help: "Only of this update type (MessageUpdate) or event type (message.create).")
  var type: TypeArgument?

  @Flag(help: "Only updates whose publication was never confirmed.")
  var unpublished = false

  @Option(help: "How many at most; 0: all.")
  var limit = 20

  @Flag(help: "One JSON object per line, with all fields.")
  var json = false

  func validate() throws {
    if limit < 0 { throw ValidationError("--limit takes a count from 0 on") }
  }

  func run() async throws {
    let store = try store.openForReading()
    var query = UpdateQuery()
    query.tenantId = tenant
    query.userId = user
    query.dialogId = dialog
    query.eventId = event?.id
    query.eventTypes = type?.eventTypes ?? []
    query.onlyUnpublished = unpublished
    query.limit = limit
    let output = UpdateListing(asJSON: json)
    try await store.updates(matching: query) { try output.add($0) }
    try output.finish()
    if output.isEmpty { printError(try await emptiness(of: store)) }
  }

  /// Why nothing was shown.
  private func emptiness(of store: any UpdateCatalog) async throws -> String {
    let hasAny = Mutex(false)
    var query = UpdateQuery()
    query.limit = 1
    try await store.updates(matching: query) { _ in
      hasAny.withLock { $0 = true }
      return false
    }
    return hasAny.withLock { $0 }
      ? "no stored update matches; leave out a filter to see more" : "the store holds no updates yet"
  }
}
