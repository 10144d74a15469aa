import BSON
import Pipeline
import Updates

/// Who is in a dialog, and what has happened in it last.
struct DialogPage: Page {
  private let report: DialogReport

  let template = "dialog"
  var title: String { "Dialog \(report.dialog.id)" }

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    let dialog = try UserPage.key(request, "dialog")
    let limit = try SearchRequest.limit(request.parameters, usual: request.wantsJSON ? 20 : 50, most: 500)
    report = try await DialogReport(
      of: dialog, in: inspector.store, memberLimit: limit, eventLimit: limit,
      patience: inspector.configuration.patience)
    if report.isEmpty {
      throw InspectorError(
        .notFound,
        "Nothing is known of dialog \(dialog.id) of tenant \(dialog.tenantId) in this store; look whether it is the "
          + "right store and tenant.")
    }
  }

  var document: BSONDocument { report.document }

  func context(_ inspector: Inspector) -> [String: Any] {
    let (tenant, id) = (report.dialog.tenantId.string, report.dialog.id.string)
    var context: [String: Any] = [
      "tenant": tenant, "id": id, "hasRecord": report.hasRecord,
      "members": report.members.map { member in
        let record = member.record
        var context: [String: Any] = [
          "user": member.userId.string,
          "link": Link("/user", [("tenant", tenant), ("id", member.userId.string)]).string,
          "isActive": record["isActive"]?.bool != false, "unread": shownCount(record["unreadCount"]),
        ]
        if let seen = record["lastSeenAt"]?.number { context["seen"] = timeContext(seen) }
        if let last = record["lastMessageAt"]?.number { context["last"] = timeContext(last) }
        return context
      },
      "hasMembers": !report.members.isEmpty, "hasMoreMembers": report.hasMoreMembers,
      "events": report.events.events.map { event in
        [
          "id": event.eventId.description, "eventType": event.eventType,
          "kind": kind(UpdateType(eventType: event.eventType)), "time": timeContext(event.createdAt),
          "link": Link("/event", [("tenant", tenant), ("id", event.eventId.description)]).string,
          "updates": (event.updates >= DialogEvent.mostCounted ? "at least " : "") + grouped(event.updates),
          "unpublished": grouped(event.unpublished), "isUnpublished": event.unpublished > 0,
        ] as [String: Any]
      },
      "hasEvents": !report.events.events.isEmpty,
      "apiLink": Link("/api/v1/dialog", [("tenant", tenant), ("id", id)]).string,
      "searchLink": Link(
        "/updates", [("q", SearchLine.text(of: [SearchTerm(.dialog, id), SearchTerm(.tenant, tenant)]))]
      ).string,
    ]
    if let command = Command.entity("dialog", report.dialog, inspector.configuration) {
      context["command"] = command
    }
    if let note = searchNote(report.events.searched, found: report.events.events.count) {
      context["note"] = note
    }
    if let seenBy = report.events.seenBy, report.members.count > seenBy.count {
      context["seenBy"] =
        "Events as seen by \(seenBy.map(\.string).joined(separator: ", ")); those that made no update for any of "
        + "them are not listed."
    }
    return context
  }
}
