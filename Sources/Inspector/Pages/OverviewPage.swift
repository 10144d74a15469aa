import BSON
import Pipeline
import Updates

/// What the store holds and what is going on in it: how much, how late, what is left over.
struct OverviewPage: Page {
  /// The updates, from the newest on, of which delays and slow events are told.
  private static let sample = 300
  private static let mostSlow = 8
  /// The spans of the picture.
  private static let spans = 60

  private let newest: [StoredUpdate]
  /// Whether the store holds nothing, as far as could be seen in the time that a page has.
  private let isEmpty: Bool
  private let span: CensusSpan
  private let counts: UpdateCounts?
  private let backlog: BacklogCount
  private let deadLetters: Int?
  private let canCountLetters: Bool

  let template = "overview"
  let title = "Overview"

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    let (store, patience) = (inspector.store, inspector.configuration.patience)
    // Three look-ups share the time that a page has.
    let share = patience / 2
    let asked = try Self.span(request)
    var query = UpdateQuery()
    query.limit = Self.sample
    let page = try await store.page(of: query, patience: patience)
    newest = page.updates.map(inspector.configuration.shown)
    isEmpty = newest.isEmpty && page.searched.isComplete
    span = asked ?? Self.span(of: newest)
    canCountLetters = inspector.letters != nil
    async let letters = Self.count(inspector.letters)
    if let last = newest.first?.createdAt, last.magnitude < 8.64e15 {
      let since = ((last / span.length).rounded(.down) - Double(Self.spans - 1)) * span.length
      counts = try await store.counts(of: nil, since: since, until: nil, by: span, patience: share)
    } else {
      counts = nil
    }
    backlog = try await store.backlog(of: nil, patience: share / 2)
    deadLetters = await letters
  }

  /// What fits the newest updates: those of a replay were made in a few seconds.
  private static func span(of newest: [StoredUpdate]) -> CensusSpan {
    guard let last = newest.first?.createdAt, let first = newest.last?.createdAt else { return .minute }
    return last - first < 30_000 ? .second : .minute
  }

  /// What was asked for; `nil`: nothing.
  private static func span(_ request: InspectorRequest) throws(InspectorError) -> CensusSpan? {
    switch request.parameters["by"] {
    case nil: return nil
    case "minute": return .minute
    case "second": return .second
    case "hour": return .hour
    case let other?:
      throw InspectorError(.badRequest, "by takes second, minute or hour, not \"\(other.prefix(60))\".")
    }
  }

  /// How many dead letters there are; `nil` when nobody says so at once.
  private static func count(_ letters: (any LetterBox)?) async -> Int? {
    guard let letters else { return nil }
    do {
      return try await limited(to: .milliseconds(500)) { try await letters.count() }
    } catch {
      // The page of the dead letters says why.
      return nil
    }
  }

  /// An event of the newest updates and how long its slowest update waited for its publication.
  private struct SlowEvent {
    let update: StoredUpdate
    let delay: Double
  }

  private var slowest: [SlowEvent] {
    var slowest: [EventKey: SlowEvent] = [:]
    for update in newest {
      guard update.isPublished, let publishedAt = update.document[.publishedAt]?.number else { continue }
      let key = EventKey(tenantId: update.tenantId, eventId: update.eventId)
      let delay = publishedAt - update.createdAt
      if slowest[key].map({ $0.delay < delay }) ?? true {
        slowest[key] = SlowEvent(update: update, delay: delay)
      }
    }
    return Array(slowest.values.sorted { $0.delay > $1.delay }.prefix(Self.mostSlow))
  }

  private var delays: [Double] {
    newest.compactMap { update in
      update.isPublished ? update.document[.publishedAt]?.number.map { $0 - update.createdAt } : nil
    }.sorted()
  }

  var document: BSONDocument {
    var output = BSONWriter()
    output.append("newest", number: newest.first?.createdAt)
    output.append(
      "spans",
      documents: TrafficChart.bars(counts, by: span).map { bar in
        var output = BSONWriter()
        output.append("start", bar.start)
        output.append("type", bar.type)
        output.append("updates", Int64(bar.count))
        return output.finish()
      })
    output.open("unpublished")
    output.append("count", Int64(backlog.count))
    output.append("complete", backlog.isComplete)
    output.append("oldest", number: backlog.oldest)
    output.close()
    let delays = delays
    output.open("publication")
    output.append("of", Int64(delays.count))
    output.append("median", number: delays.isEmpty ? nil : delays[delays.count / 2])
    output.append("slowest", number: delays.last)
    output.close()
    output.append(
      "slowest",
      documents: slowest.map { event in
        var output = BSONWriter()
        output.append("tenantId", event.update.tenantId.string)
        output.append("eventId", event.update.eventId)
        output.append("eventType", event.update.eventType)
        output.append("delay", event.delay)
        return output.finish()
      })
    output.append("deadLetters", number: deadLetters.map(Double.init))
    if let counts { output.append(counts.searched) }
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    let delays = delays
    var context: [String: Any] = [
      "isEmpty": isEmpty, "isUnknown": newest.isEmpty && !isEmpty, "store": inspector.configuration.storeName,
      "unpublished": (backlog.isComplete ? "" : "at least ") + grouped(backlog.count),
      "hasUnpublished": backlog.count > 0,
      "unpublishedNote": backlog.isComplete
        ? "none is left over" : "not all were looked at; the link goes on searching",
      "unpublishedLink": Link("/updates", [("q", SearchTerm(.published, "unpublished").text)]).string,
      "hasLetters": canCountLetters, "letters": deadLetters.map(grouped) ?? "not known now",
      "rows": newest.prefix(12).map(row), "hasRows": !newest.isEmpty,
      "slow": slowest.map { event in
        [
          "eventType": event.update.eventType, "kind": kind(event.update.type),
          "delay": shownDelay(event.delay),
          "id": event.update.eventId.description, "time": timeContext(event.update.createdAt),
          "link": Link(
            "/event",
            [("tenant", event.update.tenantId.string), ("id", event.update.eventId.description)]
          ).string,
        ] as [String: Any]
      },
      "hasSlow": !slowest.isEmpty, "sample": counted(delays.count, "update"),
      "apiLink": "/api/v1/overview",
      "spans": ["second", "minute", "hour"].map { name in
        [
          "name": name, "link": Link("/", [("by", name)]).string, "isCurrent": name == Self.name(span),
        ] as [String: Any]
      },
    ]
    if let newest = newest.first { context["newest"] = timeContext(newest.createdAt) }
    if let oldest = backlog.oldest { context["oldest"] = timeContext(oldest) }
    if let slowest = delays.last {
      context["median"] = shownDelay(delays[delays.count / 2])
      context["slowest"] = shownDelay(slowest)
    }
    if let counts {
      let chart = TrafficChart(counts, by: span, spans: Self.spans, until: newest.first?.createdAt ?? 0)
      context["chart"] = chart.svg
      context["total"] = grouped(chart.total)
      context["span"] = Self.name(span)
      context["types"] = chart.types.map { type in
        [
          "type": type.name, "kind": type.name.lowercased(), "count": grouped(type.count),
          "link": Link("/updates", [("q", SearchTerm(.type, type.name).text)]).string,
          "isKnown": UpdateType(rawValue: type.name) != nil,
        ] as [String: Any]
      }
      if !counts.searched.isComplete, let from = counts.searched.from {
        context["countedTo"] = timeContext(from)
      }
    }
    return context
  }

  private static func name(_ span: CensusSpan) -> String {
    switch span {
    case .second: "second"
    case .minute: "minute"
    case .hour: "hour"
    }
  }
}
