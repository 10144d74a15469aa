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
  /// Those of tenants whose event the store has, once more against the present state.
  private let dryRuns: [Identifier: DryRun]
  /// The events themselves as lines of a timeline.
  private let lines: [Identifier: String]
  private let mask: FieldMask

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
      of: eventId, tenantId: tenant, in: inspector.store, most: Self.mostUpdates)
    if reports.isEmpty {
      throw InspectorError(
        .notFound,
        "Nothing is known of event \(eventId)\(tenant.map { " of tenant \($0)" } ?? "") in this store; look whether "
          + "it is the right store and tenant.")
    }
    mask = inspector.configuration.mask
    var dryRuns: [Identifier: DryRun] = [:]
    var lines: [Identifier: String] = [:]
    let contents = try await inspector.store.events(of: eventId)
    for report in reports {
      guard let content = contents[report.tenantId] else { continue }
      dryRuns[report.tenantId] = try await DryRun(
        of: content, in: inspector.store, mostMembers: Self.mostMembers)
      lines[report.tenantId] = Self.line(content, mask)
    }
    (self.dryRuns, self.lines) = (dryRuns, lines)
  }

  /// The event on one line, as a replay reads it; `nil` for what is no event at all.
  private static func line(_ content: Delivery.Content, _ mask: FieldMask) -> String? {
    switch content {
    case .json(let bytes):
      do {
        return String(
          decoding: JSONWriter.text(mask.applied(to: try JSONReader.object(bytes))), as: UTF8.self)
      } catch {
        // A bad event may be no JSON at all; then nobody knows where a masked field would be.
        return mask.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
      }
    case .document(let document):
      return String(decoding: JSONWriter.text(mask.applied(to: document)), as: UTF8.self)
    case .unreadable: return nil
    }
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
    if let dryRun = dryRuns[report.tenantId] {
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
      "isUnpublished": unpublished > 0, "without": counted(report.absentees.count, "member"),
      "outcome": outcome(report), "isBad": report.outcome.isBad,
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
      "command": Command.event(id, tenant: tenant, configuration),
      "json": String(decoding: JSONWriter.text(document(report)), as: UTF8.self),
      "searchLink": Link(
        "/updates", [("q", SearchLine.text(of: [SearchTerm(.event, id), SearchTerm(.tenant, tenant)]))]
      ).string,
    ]
    if let dialog = report.dialogId {
      context["dialog"] = dialog
      context["dialogLink"] = Link("/dialog", [("tenant", tenant), ("id", dialog)]).string
    }
    if let line = lines[report.tenantId] { context["line"] = line }
    if let dryRun = dryRuns[report.tenantId] {
      context["explained"] = ExplanationView(dryRun.explanation, tenant: tenant).context
      context["dryRun"] = DryRunView(dryRun, mask).context
    }
    if let chart = TimelineChart(report.updates) {
      context["timeline"] = chart.svg
      context["timelineText"] = chart.summary
      if let note = chart.note { context["timelineNote"] = note }
    }
    return context
  }

  /// Why somebody got an update: by the explanation, or, where the store does not have the event, by the row of the table.
  private func why(_ line: EventReport.Line, of report: EventReport) -> String {
    let isStatistics = line.type == UpdateType.userStats.rawValue
    let people = dryRuns[report.tenantId]?.explanation.people ?? []
    if let person = people.first(where: { $0.concerned.userId == line.recipient })?.concerned {
      if isStatistics, person.statistics.getsUpdate { return person.statistics.words }
      if !isStatistics, person.ordinary.getsUpdate, let rule = EventType(rawValue: report.eventType)?.rule {
        return person.ordinary.words(rule)
      }
      return "was due one when the event was handled, and is not by the state as it is now"
    }
    guard let rule = EventType(rawValue: report.eventType)?.rule else { return "" }
    return isStatistics
      ? "their counts may have changed" : "\(report.eventType) goes to \(rule.recipients.words)"
  }

  private func outcome(_ report: EventReport) -> String {
    switch report.outcome {
    case .handled where report.updates.isEmpty:
      // MongoDB does not tell whether a worker has seen the event, or whether its updates were pruned.
      (dryRuns[report.tenantId]?.explanation.updates.isEmpty ?? true)
        ? "No update of it is stored."
        : "No update of it is stored, though some are due by the state as it is now."
    case .handled: "Handled."
    case .ignored: "It was ignored: events of this type make no updates."
    case .bad(let reason): "It is a bad event: \(reason)"
    }
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
          "why": why(line, of: report),
        ]
        if let publishedAt = line.publishedAt { person["delay"] = shownDelay(publishedAt - line.createdAt) }
        people.append(person)
      }
    }
    if filter == .all || filter == .nothing {
      people += withoutUpdate(report).map {
        ["user": $0.userId.string, "userLink": userLink($0.userId), "hasGot": false, "why": $0.why]
      }
    }
    return people
  }

  /// Whom the event concerns and who has none of its updates, and why: by the explanation, or, where the store does not
  /// have the event, by what the updates and the members tell.
  private func withoutUpdate(_ report: EventReport) -> [(userId: Identifier, why: String)] {
    guard let people = dryRuns[report.tenantId]?.explanation.people,
      let rule = EventType(rawValue: report.eventType)?.rule
    else { return report.absentees.map { ($0.userId, $0.reason) } }
    let recipients = Set(report.updates.map(\.recipient))
    let reasons = Dictionary(report.absentees.map { ($0.userId, $0.reason) }) { first, _ in first }
    return people.map(\.concerned).filter { !recipients.contains($0.userId) }.map { person in
      person.getsUpdate
        ? (
          person.userId,
          report.updates.isEmpty
            ? "is due one by the state as it is now"
            : "\(reasons[person.userId] ?? "none is stored"); by the state as it is now one is due"
        )
        : (person.userId, person.ordinary.words(rule))
    }
  }
}

extension EventHistory.Outcome {
  var isBad: Bool {
    if case .bad = self { return true }
    return false
  }
}
