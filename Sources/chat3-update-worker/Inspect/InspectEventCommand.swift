import ArgumentParser
import BSON
import Pipeline

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

  @Flag(help: "One JSON object per tenant and line.")
  var json = false

  func run() async throws {
    let store = try store.openForReading()
    let reports = try await EventReport.all(of: event.id, tenantId: tenant, in: store)
    if reports.isEmpty {
      throw Failure(
        .badInput,
        "nothing is known of event \(event.id)\(tenant.map { " of tenant \($0)" } ?? "") in this store")
    }
    for (index, report) in reports.enumerated() {
      if json {
        guard try writeOutput(JSONWriter.text(report.document) + [UInt8(ascii: "\n")]) else { return }
      } else {
        let text = report.text(width: Table.terminalWidth)
        guard try writeOutput(Array(((index > 0 ? "\n" : "") + text + "\n").utf8)) else { return }
      }
    }
  }
}
