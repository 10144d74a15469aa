import ArgumentParser
import BSON
import Pipeline
import Synchronization
import Updates

struct InspectEventCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "event",
    abstract:
      "Shows what became of one event: its updates, who got which, and who of the dialog got none and why.")

  @Argument(help: ArgumentHelp("The event: 24 hex digits, or evt_ and 32.", valueName: "id"))
  var event: EventIdArgument

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(help: "Only of this tenant; two tenants may have events of the same id.")
  var tenant: String?

  /// Members without an update are named up to this many.
  private static let namedMembers = 1000

  func run() async throws {
    let store = try store.openForReading()
    var histories: [EventHistory] = []
    for history in try await store.history(of: event.id)
    where tenant == nil || history.tenantId.string == tenant {
      // An event that came again has ended as it did last.
      histories.removeAll { $0.tenantId == history.tenantId }
      histories.append(history)
    }
    let reports = Mutex<[Identifier: EventReport]>([:])
    for history in histories { reports.withLock { $0[history.tenantId] = EventReport(history) } }
    var query = UpdateQuery()
    query.eventId = event.id
    query.tenantId = tenant
    query.limit = 0
    try await store.updates(matching: query) { update in
      reports.withLock { $0[update.tenantId, default: EventReport(update)].add(update) }
      return true
    }
    let found = reports.withLock { $0 }
    if found.isEmpty {
      throw Failure(
        .badInput,
        "nothing is known of event \(event.id)\(tenant.map { " of tenant \($0)" } ?? "") in this store")
    }
    for (index, report) in found.sorted(by: { $0.key < $1.key }).map(\.value).enumerated() {
      let limit = Self.namedMembers + report.recipientCount
      var members: [Member] = []
      if let dialogId = report.dialogId {
        let dialog = EntityKey(tenantId: report.tenantId, id: Identifier(dialogId))
        members = try await store.members(of: dialog, limit: limit)
      }
      let text = report.text(
        eventId: event.id, members: members, areMore: members.count == limit,
        width: Table.terminalWidth)
      guard try writeOutput(Array(((index > 0 ? "\n" : "") + text + "\n").utf8)) else { return }
    }
  }
}
