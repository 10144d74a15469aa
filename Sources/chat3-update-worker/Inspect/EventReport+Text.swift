import BSON
import Pipeline
import Support
import Updates

extension EventReport {
  /// The report in words.
  ///
  /// - Parameter width: The most characters of a line in a list; `nil`: any number.
  func text(width: Int?) -> String {
    var output = [
      "event \(eventId)  \(eventType)  tenant \(tenantId)" + (dialogId.map { "  dialog \($0)" } ?? "")
    ]
    if outcome != .handled || updates.isEmpty { output.append(outcomeWords) }
    if !updates.isEmpty {
      output.append("")
      output.append("\(updates.count) update\(updates.count == 1 ? "" : "s"):")
      output += TableLayout.list(
        updates.map {
          [$0.recipient.string, $0.type, $0.isPublished ? "published" : "unpublished", $0.routingKey]
        },
        [
          TableColumn(title: "", least: 12), TableColumn(title: ""), TableColumn(title: ""),
          TableColumn(title: "", least: 20, mayGo: true),
        ], width: width)
    }
    if !absentees.isEmpty {
      output.append("")
      output.append(
        dryRun == nil
          ? "Members of the dialog, as stored now, who got no \(updateName):"
          : "Who got no \(updateName), and why:")
      output += TableLayout.list(
        absentees.map { [$0.userId.string, $0.reason] },
        [TableColumn(title: "", least: 12), TableColumn(title: "", least: 20, cut: .end)], width: width)
      if hasMoreMembers { output.append("  and more") }
    }
    return output.map(printable).joined(separator: "\n")
  }
}

extension TableLayout {
  /// Rows as indented lines whose columns are aligned, without titles.
  ///
  /// - Parameter width: The most characters of a line; `nil`: any number.
  static func list(_ rows: [[String]], _ columns: [TableColumn], width: Int?) -> [String] {
    let margin = "  "
    var layout = TableLayout(columns, width: width.map { $0 - margin.count })
    for row in rows { layout.measure(row) }
    return rows.map { margin + layout.line($0) }
  }
}
