import BSON
import Pipeline
import Updates

/// What became of an event: who got what of it, and who got nothing and why.
struct EventPage: Page {
  /// The most updates of it that are read.
  private static let mostUpdates = 1000

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
  }

  var document: BSONDocument {
    var output = BSONWriter()
    output.append("events", documents: reports.map(\.document))
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
      "json": String(decoding: JSONWriter.text(report.document), as: UTF8.self),
      "searchLink": Link(
        "/updates", [("q", SearchLine.text(of: [SearchTerm(.event, id), SearchTerm(.tenant, tenant)]))]
      ).string,
    ]
    if let dialog = report.dialogId {
      context["dialog"] = dialog
      context["dialogLink"] = Link("/dialog", [("tenant", tenant), ("id", dialog)]).string
    }
    if let chart = TimelineChart(report.updates) {
      context["timeline"] = chart.svg
      context["timelineText"] = chart.summary
      if let note = chart.note { context["timelineNote"] = note }
    }
    return context
  }

  private func outcome(_ report: EventReport) -> String {
    switch report.outcome {
    case .handled where report.updates.isEmpty: "It made no updates, because nobody was due one."
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
          "why": EventWords.why(line, of: report.eventType),
        ]
        if let publishedAt = line.publishedAt { person["delay"] = shownDelay(publishedAt - line.createdAt) }
        people.append(person)
      }
    }
    if filter == .all || filter == .nothing {
      people += report.absentees.map {
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

/// The rows of the spec's table in words.
enum EventWords {
  /// Why somebody got this update of an event of this type.
  static func why(_ line: EventReport.Line, of eventType: String) -> String {
    if line.type == UpdateType.userStats.rawValue {
      return "their counts may have changed, so statistics were derived for them"
    }
    guard let recipients = EventType(rawValue: eventType)?.rule.recipients else { return "" }
    return "\(eventType) goes to \(words(recipients))"
  }

  private static func words(_ recipients: Rule.Recipients) -> String {
    switch recipients {
    case .activeMembers: "the active members of the dialog"
    case .activeMembersAndSubject: "the active members and the one whom it is about"
    case .activeMembersExceptTyping: "the active members but the one who is typing"
    case .subject: "the member whose state changed"
    case .user: "that user alone"
    }
  }
}
