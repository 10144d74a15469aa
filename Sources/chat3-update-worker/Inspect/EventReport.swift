import Support
import BSON
import Pipeline
import Foundation
import Updates

/// What became of one event of one tenant, in words.
struct EventReport: Sendable {
  let tenantId: Identifier
  private(set) var dialogId: String?
  private var eventType: String
  private var outcome = EventHistory.Outcome.handled
  private var lines: [(recipient: Identifier, type: String, isPublished: Bool, routingKey: String)] = []
  private var ordinaryRecipients: Set<Identifier> = []
  private var typistId: String?

  init(_ history: EventHistory) {
    tenantId = history.tenantId
    eventType = history.eventType
    dialogId = history.dialogId
    outcome = history.outcome
  }

  init(_ update: StoredUpdate) {
    tenantId = update.tenantId
    eventType = update.eventType
    dialogId = update.dialogId
  }

  var recipientCount: Int { ordinaryRecipients.count }

  mutating func add(_ update: StoredUpdate) {
    if update.type != .userStats {
      eventType = update.eventType
      dialogId = dialogId ?? update.dialogId
      ordinaryRecipients.insert(update.userId)
      typistId = update.document.document("data")?.document("typing")?["userId"]?.string ?? typistId
    }
    lines.append((update.userId, update.type?.rawValue ?? "?", update.isPublished, update.routingKey))
  }

  /// - Parameter width: The most characters of a line in a list; `nil`: any number.
  func text(eventId: ObjectId, members: [Member], areMore: Bool, width: Int?) -> String {
    var output = [
      "event \(eventId)  \(eventType)  tenant \(tenantId)" + (dialogId.map { "  dialog \($0)" } ?? "")
    ]
    switch outcome {
    case .handled where lines.isEmpty: output.append("It made no updates, because nobody was due one.")
    case .handled: break
    case .ignored: output.append("It was ignored: events of this type make no updates.")
    case .bad(let reason): output.append("It is a bad event: \(reason)")
    }
    if !lines.isEmpty {
      output.append("")
      output.append("\(lines.count) update\(lines.count == 1 ? "" : "s"):")
      // They are stored newest first, and told in the order in which they were made.
      output += list(
        lines.reversed().map {
          [$0.recipient.string, $0.type, $0.isPublished ? "published" : "unpublished", $0.routingKey]
        },
        [
          TableColumn(title: "", least: 12), TableColumn(title: ""), TableColumn(title: ""),
          TableColumn(title: "", least: 20, mayGo: true),
        ], width)
    }
    let without = outcome == .handled ? members.filter { !ordinaryRecipients.contains($0.userId) } : []
    if !without.isEmpty {
      output.append("")
      output.append("Members of the dialog, as stored now, who got no \(updateName):")
      output += list(
        without.map { [$0.userId.string, reason(for: $0)] },
        [TableColumn(title: "", least: 12), TableColumn(title: "", least: 20, cut: .end)], width)
      if areMore { output.append("  and more") }
    }
    return output.map(printable).joined(separator: "\n")
  }

  private func list(_ rows: [[String]], _ columns: [TableColumn], _ width: Int?) -> [String] {
    let margin = "  "
    var layout = TableLayout(columns, width: width.map { $0 - margin.count })
    for row in rows { layout.measure(row) }
    return rows.map { margin + layout.line($0) }
  }

  private var updateName: String { UpdateType(eventType: eventType)?.rawValue ?? "update" }

  private func reason(for member: Member) -> String {
    if let recipients = EventType(rawValue: eventType)?.rule.recipients {
      switch recipients {
      case .subject: return "only the member whose state changed gets one"
      case .user: return "only that user gets one"
      case .activeMembersExceptTyping where member.userId.string == typistId:
        return "is the one who was typing"
      case .activeMembers, .activeMembersAndSubject, .activeMembersExceptTyping: break
      }
    }
    if member.record["isActive"]?.bool == false { return "is not active (isActive is false)" }
    // Without an update nothing tells who was typing.
    return eventType == EventType.typing.rawValue && typistId == nil
      ? "was typing, or was no active member when the event was handled"
      : "was no active member when the event was handled"
  }
}
