import ArgumentParser
import BSON
import Foundation
import Pipeline
import Support
import Updates

struct InspectEventCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "event",
    abstract:
      "Shows what became of one event: its updates, who got which, and who of the dialog got none and why.")

  @Argument(help: ArgumentHelp("The event: 24 hex digits, or evt_ and 32.", valueName: "id"))
  var event: EventIdArgument?

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(help: "Only of this tenant; two tenants may have events of the same id.")
  var tenant: String?

  @Flag(
    help: ArgumentHelp(
      "Also why everybody concerned gets what, and what the event would make if it were handled again now.",
      discussion: "Nothing is stored or sent. Needs the event itself, which the store may not have."))
  var explain = false

  @Option(
    help: ArgumentHelp(
      "Explains the event whose JSON is in this file, or on standard input (-), such as a dead letter's body.",
      valueName: "file"))
  var body: String?

  @Flag(help: "One JSON object per tenant and line.")
  var json = false

  func validate() throws {
    if body == nil && event == nil { throw ValidationError("Name an event, or give one with --body.") }
    if body != nil && event != nil {
      throw ValidationError("The event of --body names itself; leave the id out.")
    }
  }

  func run() async throws {
    let store = try store.openForReading()
    if let body { return try await explain(body, in: store) }
    guard let event else { return }
    let reports = try await EventReport.all(of: event.id, tenantId: tenant, in: store)
    if reports.isEmpty {
      throw Failure(
        .badInput,
        "nothing is known of event \(event.id)\(tenant.map { " of tenant \($0)" } ?? "") in this store")
    }
    for (index, report) in reports.enumerated() {
      guard try write(report, isFirst: index == 0) else { return }
    }
  }

  private func write(_ report: EventReport, isFirst: Bool) throws -> Bool {
    if json {
      var output = BSONWriter()
      output.append(elementsOf: report.document)
      if explain { output.append(report.dryRun) }
      return try writeOutput(JSONWriter.text(output.finish()) + [UInt8(ascii: "\n")])
    }
    var text = (isFirst ? "" : "\n") + report.text(width: Table.terminalWidth)
    if explain {
      for line in report.notedWords { text += "\n\nNoted when it was handled: \(printable(line))" }
      text +=
        "\n\n"
        + (report.dryRun?.text(width: Table.terminalWidth)
          ?? "The store does not have the event itself, so it cannot be explained; give it with --body.")
    }
    return try writeOutput(Array((text + "\n").utf8))
  }

  /// Explains an event that is handed in.
  private func explain(_ file: String, in store: any InspectedStore) async throws {
    let dryRun = try await DryRun(of: .json(try Self.read(file)), in: store)
    if json {
      var output = BSONWriter()
      output.append(dryRun)
      _ = try writeOutput(JSONWriter.text(output.finish()) + [UInt8(ascii: "\n")])
    } else {
      _ = try writeOutput(Array((dryRun.text(width: Table.terminalWidth) + "\n").utf8))
    }
  }

  private static func read(_ file: String) throws -> [UInt8] {
    do {
      let data =
        file == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: file))
      return [UInt8](data)
    } catch {
      throw Failure(.badInput, "\(file) cannot be read; name a file that holds one event as JSON")
    }
  }
}

extension BSONWriter {
  /// Appends what a dry run has found out; nulls without one.
  fileprivate mutating func append(_ dryRun: DryRun?) {
    if let dryRun {
      append("explanation", dryRun.explanation.document)
      append("dryRun", dryRun.document)
    } else {
      appendNull("explanation")
      appendNull("dryRun")
    }
  }
}
