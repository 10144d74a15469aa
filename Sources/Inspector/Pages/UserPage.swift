import BSON
import Pipeline
import Updates

/// What a user was sent, whether their statistics are right, and what their gateway binds.
struct UserPage: Page {
  private let report: UserReport
  private let limit: Int
  /// What the request itself says; `nil`: nothing.
  private let askedLimit: String?
  private let cursor: UpdateCursor?

  let template = "user"
  var title: String { "User \(report.user.id)" }

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    let user = try Self.key(request, "user")
    limit = try SearchRequest.limit(
      request.parameters, usual: request.wantsJSON ? 20 : 50, most: SearchRequest.mostUpdates)
    askedLimit = request.parameters["limit"]
    cursor = try SearchRequest.cursor(request.parameters)
    let configuration = inspector.configuration
    var report = try await UserReport(
      of: user, in: inspector.store, limit: limit, cursor: cursor,
      patience: configuration.patience)
    report.page.updates = report.page.updates.map(configuration.shown)
    report.lastStatistics = report.lastStatistics.map(configuration.shown)
    self.report = report
    if report.isEmpty {
      throw InspectorError(
        .notFound,
        "Nothing is known of user \(user.id) of tenant \(user.tenantId) in this store; look whether it is the right "
          + "store and tenant.")
    }
  }

  /// The tenant and the id that a page is about.
  static func key(_ request: InspectorRequest, _ what: String) throws(InspectorError) -> EntityKey {
    guard let tenant = request.parameters["tenant"],
      let id = request.parameters["id"] ?? request.parameters[what]
    else {
      throw InspectorError(.badRequest, "Name a \(what): tenant takes the tenant, id the \(what)'s id.")
    }
    return EntityKey(tenantId: Identifier(tenant), id: Identifier(id))
  }

  var document: BSONDocument { report.document }

  func context(_ inspector: Inspector) -> [String: Any] {
    let (tenant, id) = (report.user.tenantId.string, report.user.id.string)
    var context: [String: Any] = [
      "tenant": tenant, "id": id, "userType": report.binding.userType, "hasRecord": report.hasRecord,
      "binding": report.binding.key, "queue": report.binding.queue,
      "connectionQueue": report.binding.connectionQueue, "warnings": report.warnings,
      "dialogs": "\(report.counts.dialogs)", "unread": "\(report.counts.unread)",
      "verdict": verdict, "agrees": report.verdict == .agree, "differs": report.verdict == .differ,
      "memberships": report.memberships.map { membership in
        let record = membership.record
        return [
          "dialog": membership.dialogId.string,
          "link": Link("/dialog", [("tenant", tenant), ("id", membership.dialogId.string)]).string,
          "isActive": record["isActive"]?.bool != false, "unread": shownCount(record["unreadCount"]),
        ] as [String: Any]
      },
      "hasMemberships": !report.memberships.isEmpty, "hasMoreMemberships": report.hasMoreMemberships,
      "rows": Array(report.page.updates.reversed().map(row)), "hasRows": !report.page.updates.isEmpty,
      "apiLink": Link(
        "/api/v1/user",
        [("tenant", tenant), ("id", id), ("limit", "\(limit)"), ("cursor", cursor?.description)]
      ).string,
      "searchLink": Link(
        "/updates", [("q", SearchLine.text(of: [SearchTerm(.user, id), SearchTerm(.tenant, tenant)]))]
      ).string,
    ]
    if let command = Command.entity("user", report.user, inspector.configuration) {
      context["command"] = command
    }
    if let last = report.lastStatistics {
      let stated = StatedCounts(last)
      context["last"] =
        [
          "dialogs": stated.dialogs, "unread": stated.unread, "time": timeContext(last.createdAt),
          "isPublished": last.isPublished, "link": Link("/update", [("id", last.id.description)]).string,
        ] as [String: Any]
    }
    if let note = searchNote(report.page.searched, found: report.page.updates.count) {
      context["note"] = note
    }
    if let next = report.page.next {
      context["nextLink"] =
        Link("/user", [("tenant", tenant), ("id", id), ("limit", askedLimit), ("cursor", next.description)])
        .string
    }
    return context
  }

  private var verdict: String {
    switch report.verdict {
    case .agree: "The last statistics agree with the memberships."
    case .differ: "The last statistics differ from the memberships; verify --repair sends fresh ones."
    case .none: "The user was never sent statistics."
    case .unknown: "The last statistics were not found in the time that there was for it."
    }
  }
}
