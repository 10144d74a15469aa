import BSON
import Pipeline
import Support
import Updates

extension UserReport {
  /// The report in words, but for the updates, which follow as a table.
  ///
  /// - Parameter width: The most characters of a line in a list; `nil`: any number.
  func text(width: Int?) -> String {
    var output = ["user \(user.id)  tenant \(user.tenantId)  type \(binding.userType)", "", "Gateway:"]
    output += TableLayout.list(
      [
        ["binding", binding.key], ["queue", binding.queue],
        ["or, for each connection", binding.connectionQueue],
      ], [TableColumn(title: ""), TableColumn(title: "")], width: width)
    output += warnings.map { "  " + $0 }
    output += ["", "Statistics:"]
    output += TableLayout.list(
      statistics, [TableColumn(title: ""), TableColumn(title: ""), TableColumn(title: "")], width: width)
    output.append("  " + verdictSentence)
    if !memberships.isEmpty {
      output += ["", "Memberships:"]
      output += TableLayout.list(
        memberships.map { membership in
          let record = membership.record
          return [
            membership.dialogId.string, record["isActive"]?.bool == false ? "not active" : "active",
            "unread \(count(record["unreadCount"]))",
          ]
        }, [TableColumn(title: "", least: 12), TableColumn(title: ""), TableColumn(title: "")], width: width)
      if hasMoreMemberships { output.append("  and more") }
    }
    output.append("")
    output.append(
      page.updates.isEmpty
        ? "No updates were found."
        : "The last \(page.updates.count) update\(page.updates.count == 1 ? "" : "s"), in the order in which they "
          + "were made:")
    return output.map(printable).joined(separator: "\n")
  }

  private var statistics: [[String]] {
    var rows: [[String]] = []
    if let last = lastStatistics {
      let stated = StatedCounts(last)
      rows.append([
        "last sent", "dialogCount \(stated.dialogs), unreadDialogsCount \(stated.unread)",
        time(last.createdAt) + (last.isPublished ? "" : ", unpublished"),
      ])
    }
    rows.append(["memberships", "dialogCount \(counts.dialogs), unreadDialogsCount \(counts.unread)", "now"])
    return rows
  }

  private var verdictSentence: String {
    switch verdict {
    case .agree: "They agree."
    case .differ: "They differ; verify --repair sends fresh statistics."
    case .none: "The user was never sent statistics."
    case .unknown: "The last statistics were not found in the time that there was for it."
    }
  }
}

/// A number as it is stored; `?` for anything else.
func count(_ element: BSONElement?) -> String {
  switch element?.exactNumber {
  case .integer(let number): "\(number)"
  case .double(let number):
    number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
  case nil: "?"
  }
}
