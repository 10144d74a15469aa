import ArgumentParser
import BSON
import Pipeline
import Updates

struct InspectStatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Counts stored updates by hour and type, and those that were never confirmed.",
    discussion: """
      The count goes back from the newest update, and says how far it came in 10 s.

      Times are ISO 8601 (2026-11-21, 2026-11-21T12:30:00Z), milliseconds since 1970, or how long ago (2h, 30m, 1d).
      """)

  @Option(help: ArgumentHelp("The earliest time.", valueName: "time"), transform: Moment.parse)
  var since: Moment?

  @Option(
    help: ArgumentHelp("The time before which the count begins.", valueName: "time"), transform: Moment.parse)
  var until: Moment?

  @Option(help: "Only of this tenant.")
  var tenant: String?

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Flag(help: "One JSON object.")
  var json = false

  private static let columns = [
    TableColumn(title: "HOUR (UTC)"), TableColumn(title: "TYPE"), TableColumn(title: "EVENT TYPE", least: 8),
    TableColumn(title: "UPDATES"), TableColumn(title: "UNPUBLISHED"),
  ]

  func run() async throws {
    let now = UpdateClock().now()
    let (first, last) = (since?.milliseconds(now: now), until?.milliseconds(now: now))
    if let first, let last, first >= last { throw Failure(.usage, "--since is not before --until") }
    let statistics = try await StoreStatistics(
      of: tenant.map(Identifier.init), since: first, until: last, in: try store.openForReading(),
      patience: inspectionPatience)
    if json {
      _ = try writeOutput(JSONWriter.text(statistics.document) + [UInt8(ascii: "\n")])
      return
    }
    if statistics.total > 0 {
      var table = Table(Self.columns)
      for row in statistics.rows {
        let cells = [
          String(time(row.hour).prefix(16)), row.type, row.eventType, "\(row.count.total)",
          "\(row.count.unpublished)",
        ]
        guard try table.add(cells) else { return }
      }
      guard try table.flush() else { return }
    }
    printError(summary(of: statistics))
  }

  private func summary(of statistics: StoreStatistics) -> String {
    var summary = Summary()
    summary.add("updates", statistics.total, statistics.byType)
    let backlog = statistics.backlog
    summary.add(
      "unpublished", backlog.count,
      note: (backlog.isComplete ? [] : ["at least"])
        + (backlog.oldest.map { ["of any age, the oldest of \(time($0))"] } ?? []))
    let searched = statistics.counts.searched
    if !searched.isComplete {
      let note = SearchNote(searched: searched, next: nil)
      summary.add(
        searched.from.map {
          "counted only back to \(time($0)); go on with --until \($0)"
        } ?? note.ofIncomplete(statistics.total) ?? "")
    }
    return summary.text
  }
}
