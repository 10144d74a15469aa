import BSON
import Pipeline
import Updates

/// What became of an event: who got what of it, and who got nothing and why.
struct EventPage: Page {
  /// The most updates of it that are read.
  private static let mostUpdates = 1000
  /// The most members of its dialog who are looked at for the explanation.
  private static let mostMembers = 300

  /// Whom the table shows.
  enum Filter: String, CaseIterable {
    case all
    case got
    case nothing
    case unpublished

    var title: String {
      switch self {
      case .all: "Everybody"
      case .got: "Got one"
      case .nothing: "Got nothing"
      case .unpublished: "Unpublished"
      }
    }
  }

  private let eventId: ObjectId
  private let tenant: String?
  private let filter: Filter
  private let reports: [EventReport]
  /// What can be copied of those events that the store has.
  private let copies: [Identifier: CopiedEvent]
  private let mask: PageMask

  let template = "event"
  var title: String { "Event \(eventId)" }

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    guard let text = request.parameters["id"] ?? request.parameters["event"] else {
      throw InspectorError(.badRequest, "Name an event: id takes its 24 hex digits, or evt_ and 32.")
    }
    guard let eventId = UpdateQuery.eventId(text) else {
      throw InspectorError(
        .badRequest, "\"\(text.prefix(60))\" is no event: id takes 24 hex digits, or evt_ and 32.")
    }
    let shown = request.parameters["show"] ?? Filter.all.rawValue
    guard let filter = Filter(rawValue: shown) else {
      throw InspectorError(
        .badRequest, "show takes all, got, nothing or unpublished, not \"\(shown.prefix(60))\".")
    }
    self.eventId = eventId
    self.filter = filter
    tenant = request.parameters["tenant"]
    reports = try await EventReport.all(
      of: eventId, tenantId: tenant, in: inspector.store, most: Self.mostUpdates,
      mostMembers: Self.mostMembers)
    if reports.isEmpty {
      throw InspectorError(
        .notFound,
        "Nothing is known of event \(eventId)\(tenant.map { " of tenant \($0)" } ?? "") in this store; look whether "
          + "it is the right store and tenant.")
    }
    mask = inspector.configuration.mask
    var copies: [Identifier: CopiedEvent] = [:]
    for report in reports {
      guard let dryRun = report.dryRun else { continue }
      copies[report.tenantId] = try await CopiedEvent(
        // The rest of the page is to be made all the same.
        dryRun, in: inspector.store, mask, patience: inspector.configuration.longestLookUp / 2)
    }
    self.copies = copies
  }

  var document: BSONDocument {
    var output = BSONWriter()
    output.append("events", documents: reports.map(document))
    return output.finish()
  }

  /// The report as `inspect event --explain --json` prints it.
  private func document(_ report: EventReport) -> BSONDocument {
    var output = BSONWriter()
    output.append(elementsOf: report.document)
    if let dryRun = report.dryRun {
      output.append("explanation", dryRun.explanation.document)
      output.append("dryRun", DryRunView(dryRun, mask).document)
    } else {
      output.appendNull("explanation")
      output.appendNull("dryRun")
    }
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    [
      "title": title, "id": eventId.description,
      "apiLink": Link("/api/v1/event", [("tenant", tenant), ("id", eventId.description)]).string,
      "isMany": reports.count > 1,
      "reports": reports.map { context($0, inspector.configuration) },
    ]
  }

  private func context(
    _ report: EventReport, _ configuration: InspectorConfiguration
  ) -> [String: Any] {
    let tenant = report.tenantId.string
    let id = eventId.description
    let unpublished = report.updates.count { !$0.isPublished }
    var context: [String: Any] = [
      "tenant": tenant, "eventType": report.eventType, "kind": kind(UpdateType(eventType: report.eventType)),
      "makes": UpdateType(eventType: report.eventType)?.rawValue ?? "nothing",
      "updates": counted(report.updates.count, "update"),
      "hasMoreUpdates": report.hasMoreUpdates, "unpublished": grouped(unpublished),
      "isUnpublished": unpublished > 0,
      "outcome": report.outcomeWords, "isBad": report.outcome.isBad, "noted": report.notedWords,
      "hasNoted": !report.noted.isEmpty,
      "people": people(report), "hasMoreMembers": report.hasMoreMembers,
      "filters": Filter.allCases.map { filter in
        [
          "title": filter.title, "isCurrent": filter == self.filter,
          "link": Link(
            "/event",
            [("tenant", tenant), ("id", id), ("show", filter == .all ? nil : filter.rawValue)]
          ).string,
        ] as [String: Any]
      },
      "json": copiedJSON(JSONWriter.text(document(report))),
      "searchLink": Link(
        "/updates", [("q", SearchLine.text(of: [SearchTerm(.event, id), SearchTerm(.tenant, tenant)]))]
      ).string,
    ]
    if let dialog = report.dialogId {
      context["dialog"] = dialog
      context["dialogLink"] = Link("/dialog", [("tenant", tenant), ("id", dialog)]).string
    }
    if let command = Command.event(id, tenant: tenant, configuration) { context["command"] = command }
    if let copy = copies[report.tenantId] {
      context["line"] = copy.text
      if let note = copy.note { context["lineNote"] = note }
    }
    if let dryRun = report.dryRun {
      context["explained"] = ExplanationView(dryRun.explanation, tenant: tenant).context
      context["dryRun"] = DryRunView(dryRun, mask).context
    }
    if let chart = TimelineChart(report.updates, created: report.dryRun?.explanation.createdAt) {
      context["timeline"] = chart.svg
      context["timelineText"] = chart.summary
      if let note = chart.note { context["timelineNote"] = note }
    }
    return context
  }

  /// Everybody whom the filter lets through: first those with an update.
  private func people(_ report: EventReport) -> [[String: Any]] {
    let tenant = report.tenantId.string
    func userLink(_ user: Identifier) -> String {
      Link("/user", [("tenant", tenant), ("id", user.string)]).string
    }
    var people: [[String: Any]] = []
    if filter != .nothing {
      for line in report.updates where filter != .unpublished || !line.isPublished {
        var person: [String: Any] = [
          "user": line.recipient.string, "userLink": userLink(line.recipient), "hasGot": true,
          "type": line.type, "kind": line.type.lowercased(), "time": timeContext(line.createdAt),
          "isPublished": line.isPublished, "key": line.routingKey,
          "link": Link("/update", [("id", line.id.description)]).string,
          "why": report.why(line),
        ]
        if let publishedAt = line.publishedAt { person["delay"] = shownDelay(publishedAt - line.createdAt) }
        people.append(person)
      }
    }
    if filter == .all || filter == .nothing {
      let recipients = Set(report.updates.map(\.recipient))
      people += report.absentees.filter { !recipients.contains($0.userId) }.map {
        ["user": $0.userId.string, "userLink": userLink($0.userId), "hasGot": false, "why": $0.reason]
      }
    }
    return people
  }
}

extension EventHistory.Outcome {
  var isBad: Bool {
    if case .bad = self { return true }
    return false
  }
}
