import ArgumentParser
import BSON
import Foundation
import Pipeline
import Synchronization
import Updates

struct InspectUpdatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "updates", abstract: "Shows stored updates, newest first, or new ones as they are stored.",
    discussion: """
      A search that takes longer than 10 s says how far it came and how to go on. With --limit 0 it goes on to the end.

      Times are ISO 8601 (2026-11-21, 2026-11-21T12:30:00Z), milliseconds since 1970, or how long ago (2h, 30m, 1d).
      """)

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

  @Option(help: ArgumentHelp("The earliest time.", valueName: "time"), transform: Moment.parse)
  var since: Moment?

  @Option(
    help: ArgumentHelp(
      "Only those made before this time, or after this place of a listing.", valueName: "time|place"),
    transform: ListingPlace.parse)
  var before: ListingPlace?

  @Option(help: "How many at most (20; with --follow all of them); 0: all.")
  var limit: Int?

  @Flag(help: "Show new updates as they are stored, until SIGINT or SIGTERM.")
  var follow = false

  @Flag(help: "One JSON object per line, with all fields.")
  var json = false

  /// Updates read at a time.
  private static let pageSize = 200

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit takes a count from 0 on") }
    if follow, since != nil || before != nil {
      throw ValidationError("--follow shows only what is new; leave out --since and --before")
    }
  }

  func run() async throws {
    let store = try store.openForReading()
    let now = UpdateClock().now()
    var query = UpdateQuery()
    query.tenantId = tenant
    query.userId = user
    query.dialogId = dialog
    query.eventId = event?.id
    query.eventTypes = type?.eventTypes ?? []
    query.onlyUnpublished = unpublished
    query.since = since?.milliseconds(now: now)
    query.cursor = before?.cursor(now: now)
    query.limit = limit ?? (follow ? 0 : 20)
    let output = UpdateListing(asJSON: json)
    if follow { return try await UpdateFollowing(query, in: store, output).run() }
    if query.limit > 0 {
      guard try await list(query, in: store, output) else { return }
    } else {
      try await store.updates(matching: query) { try output.add($0) }
    }
    try output.flush()
    if output.isEmpty { printError(try await emptiness(of: store)) }
  }

  /// Prints as many as the query asks for, in pages; false when nothing more is to be said.
  private func list(
    _ query: UpdateQuery, in store: any InspectedStore, _ output: UpdateListing
  ) async throws -> Bool {
    let end = ContinuousClock.now + inspectionPatience
    var (rest, found) = (query, 0)
    while true {
      rest.limit = min(query.limit - found, Self.pageSize)
      let page = try await store.page(of: rest, patience: max(.zero, end - .now))
      for update in page.updates {
        guard try output.add(update) else { return false }
      }
      found += page.updates.count
      guard let next = page.next, page.searched.isComplete, found < query.limit else {
        var searched = page.searched
        searched.to = query.cursor?.createdAt
        try output.flush()
        guard let note = SearchNote(searched: searched, next: page.next).ofIncomplete(found) else {
          return true
        }
        printError(note)
        return false
      }
      rest.cursor = next
    }
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
