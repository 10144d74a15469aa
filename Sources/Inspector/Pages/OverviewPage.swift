import BSON
import Maintenance
import Pipeline
import Updates

/// What the store holds and what is going on in it: how much, how late, what is left over.
struct OverviewPage: Page {
  /// The updates, from the newest on, of which delays and slow events are told.
  private static let sample = 300
  private static let mostSlow = 8
  /// The spans of the pictures.
  private static let spans = 60

  private let newest: [StoredUpdate]
  /// Whether the store holds nothing, as far as could be seen in the time that a page has.
  private let isEmpty: Bool
  private let span: CensusSpan
  private let counts: UpdateCounts?
  private let backlog: BacklogCount
  private let deadLetters: Int?
  private let canCountLetters: Bool
  private let work: LastWork

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
      counts = try await store.counts(
        of: nil, since: since, until: nil, by: span, countsEvents: true, patience: share)
    } else {
      counts = nil
    }
    backlog = try await store.backlog(of: nil, patience: share / 2)
    work = await LastWork(store, inspector.configuration)
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

  /// An update and how long it waited for its publication.
  private struct Delay {
    let update: StoredUpdate
    let length: Double
  }

  /// Those of the newest updates that are published, the quickest first.
  private var delays: [Delay] {
    newest.compactMap { update in
      guard update.isPublished, let publishedAt = update.document[.publishedAt]?.number else { return nil }
      return Delay(update: update, length: publishedAt - update.createdAt)
    }.sorted { $0.length < $1.length }
  }

  /// The events of the newest updates whose slowest update waited longest.
  private func slowest(_ delays: [Delay]) -> [Delay] {
    var seen: Set<EventKey> = []
    let slowest = delays.reversed().filter {
      seen.insert(EventKey(tenantId: $0.update.tenantId, eventId: $0.update.eventId)).inserted
    }
    return Array(slowest.prefix(Self.mostSlow))
  }

  var document: BSONDocument {
    let delays = delays
    var output = BSONWriter()
    output.append("newest", number: newest.first?.createdAt)
    output.append(
      "spans", bars: TrafficChart.bars(counts?.counts.mapValues(\.total) ?? [:], by: span), of: "updates")
    output.append("eventSpans", bars: TrafficChart.bars(counts?.events ?? [:], by: span), of: "events")
    output.append(backlog)
    output.open("publication")
    output.append("of", Int64(delays.count))
    output.append("median", number: delays.isEmpty ? nil : delays[delays.count / 2].length)
    output.append("slowest", number: delays.last?.length)
    output.close()
    output.append(
      "slowest",
      documents: slowest(delays).map { delay in
        var output = BSONWriter()
        output.append("tenantId", delay.update.tenantId.string)
        output.append("eventId", delay.update.eventId)
        output.append("eventType", delay.update.eventType)
        output.append("delay", delay.length)
        return output.finish()
      })
    output.append("deadLetters", number: deadLetters.map(Double.init))
    output.append(work)
    if let counts { output.append(counts.searched) }
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    let delays = delays
    let slow = slowest(delays)
    var context: [String: Any] = [
      "isEmpty": isEmpty, "isUnknown": newest.isEmpty && !isEmpty, "store": inspector.configuration.storeName,
      "unpublished": unpublished,
      "hasUnpublished": backlog.count > 0,
      "unpublishedNote": backlog.isComplete
        ? "none is left over" : "not all were looked at; the link goes on searching",
      "unpublishedLink": search([SearchTerm(.published, "unpublished")]),
      "hasLetters": canCountLetters, "letters": deadLetters.map(grouped) ?? "not known now",
      "rows": newest.prefix(12).map(row), "hasRows": !newest.isEmpty,
      "slow": slow.map { delay in
        [
          "eventType": delay.update.eventType, "kind": kind(delay.update.type),
          "delay": shownDelay(delay.length),
          "id": delay.update.eventId.description, "time": timeContext(delay.update.createdAt),
          "link": eventLink(delay.update),
        ] as [String: Any]
      },
      "hasSlow": !slow.isEmpty, "sample": counted(delays.count, "update"),
      "sampleLink": search([SearchTerm(.published, "published")]),
      "apiLink": Link("/api/v1/overview", [("by", Self.name(span))]).string,
      "spans": ["second", "minute", "hour"].map { name in
        [
          "name": name, "link": Link("/", [("by", name)]).string, "isCurrent": name == Self.name(span),
        ] as [String: Any]
      },
      "hasSpans": !newest.isEmpty, "span": Self.name(span), "charts": charts,
    ]
    context.merge(work.context) { $1 }
    if let newest = newest.first {
      context["newest"] = timeContext(newest.createdAt)
      context["newestLink"] = Link("/update", [("id", newest.id.description)]).string
    }
    if let oldest = backlog.oldest { context["oldest"] = timeContext(oldest) }
    if let slowest = delays.last {
      let median = delays[delays.count / 2]
      context["median"] = shownDelay(median.length)
      context["medianLink"] = Link("/update", [("id", median.update.id.description)]).string
      context["slowest"] = shownDelay(slowest.length)
      context["slowestLink"] = eventLink(slowest.update)
    }
    if let counts, !counts.searched.isComplete, let from = counts.searched.from {
      context["countedTo"] = timeContext(from)
    }
    return context
  }

  /// Events and updates in each span, as pictures.
  private var charts: [[String: Any]] {
    guard let counts, let last = newest.first?.createdAt else { return [] }
    let window = TrafficChart.Window(span: span, spans: Self.spans, until: last)
    return [
      ("event", TrafficChart(counts.events, in: window, of: "event")),
      ("update", TrafficChart(counts.counts.mapValues(\.total), in: window, of: "update")),
    ].map { noun, chart in
      [
        "noun": noun, "svg": chart.svg, "total": grouped(chart.total), "totalLink": search(window.terms),
        "types": chart.types.map { type in
          [
            "type": type.name, "kind": type.name.lowercased(), "count": grouped(type.count),
            "link": search([SearchTerm(.type, type.name)] + window.terms),
            "isKnown": UpdateType(rawValue: type.name) != nil,
          ] as [String: Any]
        },
      ] as [String: Any]
    }
  }

  private var unpublished: String {
    if backlog.isComplete { return grouped(backlog.count) }
    return backlog.count == 0 ? "none found" : "at least \(grouped(backlog.count))"
  }

  private func search(_ terms: [SearchTerm]) -> String {
    Link("/updates", [("q", SearchLine.text(of: terms))]).string
  }

  private func eventLink(_ update: StoredUpdate) -> String {
    Link("/event", [("tenant", update.tenantId.string), ("id", update.eventId.description)]).string
  }

  private static func name(_ span: CensusSpan) -> String {
    switch span {
    case .second: "second"
    case .minute: "minute"
    case .hour: "hour"
    }
  }
}

extension BSONWriter {
  fileprivate mutating func append(_ key: String, bars: [TrafficChart.Bar], of noun: String) {
    append(
      key,
      documents: bars.map { bar in
        var output = BSONWriter()
        output.append("start", bar.start)
        output.append("type", bar.type)
        output.append(noun, Int64(bar.count))
        return output.finish()
      })
  }
}
