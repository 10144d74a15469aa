import ArgumentParser
import BSON
import Pipeline
import Support
import Updates

struct InspectDialogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dialog", abstract: "Shows who is in a dialog, and the last events that made updates in it.")

  @Argument(help: ArgumentHelp("The dialog's id.", valueName: "id"))
  var dialog: String

  @Option(help: "The dialog's tenant.")
  var tenant: String

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(help: "How many events at most, and how many members, 1 to 1000.")
  var limit = 20

  @Flag(help: "One JSON object.")
  var json = false

  private static let memberColumns = [
    TableColumn(title: "MEMBER", least: 12), TableColumn(title: "ACTIVE"), TableColumn(title: "UNREAD"),
    TableColumn(title: "LAST SEEN (UTC)", mayGo: true), TableColumn(title: "LAST MESSAGE (UTC)", mayGo: true),
  ]
  private static let eventColumns = [
    TableColumn(title: "LAST UPDATE (UTC)"), TableColumn(title: "EVENT"),
    TableColumn(title: "EVENT TYPE", least: 8),
    TableColumn(title: "UPDATES"), TableColumn(title: "UNPUBLISHED", mayGo: true),
  ]

  func validate() throws {
    guard (1...1000).contains(limit) else { throw ValidationError("--limit takes a count from 1 to 1000") }
  }

  func run() async throws {
    let store = try store.openForReading()
    let report = try await DialogReport(
      of: EntityKey(tenantId: Identifier(tenant), id: Identifier(dialog)), in: store, memberLimit: limit,
      eventLimit: limit, patience: inspectionPatience)
    if report.isEmpty {
      throw Failure(.badInput, "nothing is known of dialog \(dialog) of tenant \(tenant) in this store")
    }
    if json {
      _ = try writeOutput(JSONWriter.text(report.document) + [UInt8(ascii: "\n")])
      return
    }
    guard try writeOutput(line("dialog \(dialog)  tenant \(tenant)")), try printMembers(report),
      try printEvents(report.events)
    else { return }
    if let note = SearchNote(searched: report.events.searched, next: nil)
      .ofIncomplete(report.events.events.count)
    {
      printError(note)
    }
    if let seenBy = report.events.seenBy, report.members.count > seenBy.count {
      printError(
        printable(
          "events as seen by \(seenBy.map(\.string).joined(separator: ", ")); those that made no update for any "
            + "of them are not listed"))
    }
  }

  /// False when nobody reads any more.
  private func printMembers(_ report: DialogReport) throws -> Bool {
    let count = report.members.count
    let title =
      count == 0 ? "No members." : report.hasMoreMembers ? "The first \(count) members:" : "Members:"
    guard try writeOutput(line("") + line(title)) else { return false }
    if count == 0 { return true }
    var table = Table(Self.memberColumns)
    for member in report.members {
      guard try table.add(Self.row(member)) else { return false }
    }
    return try table.flush()
  }

  /// False when nobody reads any more.
  private func printEvents(_ events: DialogEvents) throws -> Bool {
    let title = events.events.isEmpty ? "No events were found." : "Last events:"
    guard try writeOutput(line("") + line(title)) else { return false }
    if events.events.isEmpty { return true }
    var table = Table(Self.eventColumns)
    for event in events.events {
      guard try table.add(Self.row(event)) else { return false }
    }
    return try table.flush()
  }

  private func line(_ text: String) -> [UInt8] { Array((printable(text) + "\n").utf8) }

  private static func row(_ member: Member) -> [String] {
    let record = member.record
    return [
      member.userId.string, record["isActive"]?.bool == false ? "no" : "yes", count(record["unreadCount"]),
      record["lastSeenAt"]?.number.map(time) ?? "", record["lastMessageAt"]?.number.map(time) ?? "",
    ]
  }

  private static func row(_ event: DialogEvent) -> [String] {
    let isMore = event.updates >= DialogEvent.mostCounted
    return [
      time(event.createdAt), event.eventId.description, event.eventType,
      "\(isMore ? "at least " : "")\(event.updates)", "\(event.unpublished)",
    ]
  }
}
