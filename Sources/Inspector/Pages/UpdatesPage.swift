import BSON
import Pipeline
import Updates

/// Stored updates that a search finds, newest first.
struct UpdatesPage: Page {
  private let request: InspectorRequest
  private let search: SearchRequest
  private let page: UpdatePage

  let template = "updates"
  let title = "Updates"
  let status: Int

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    self.request = request
    let configuration = inspector.configuration
    search = try SearchRequest(request, now: configuration.now(), limit: request.wantsJSON ? 20 : 50)
    let mistakes = search.line.mistakes
    guard mistakes.isEmpty else {
      if request.wantsJSON { throw InspectorError(.badRequest, mistakes.joined(separator: " ")) }
      // Nothing is looked up: what was left of the search would find something else than was meant.
      page = UpdatePage([], next: nil, searched: SearchedSpan(from: nil, to: nil, isComplete: true))
      status = 400
      return
    }
    var page = try await inspector.store.page(of: search.query, patience: configuration.patience)
    page.updates = page.updates.map(configuration.shown)
    self.page = page
    status = 200
  }

  var document: BSONDocument { page.document }

  func context(_ inspector: Inspector) -> [String: Any] {
    let mistakes = search.line.mistakes
    var context: [String: Any] = [
      "rows": page.updates.map(row), "q": search.line.text, "hasMistakes": !mistakes.isEmpty,
      "mistakes": mistakes,
      "pieces": search.line.pieces.map {
        ["text": $0.text, "mistake": $0.mistake ?? "", "isWrong": $0.mistake != nil] as [String: Any]
      },
      "hasRows": !page.updates.isEmpty, "isEmpty": page.updates.isEmpty && mistakes.isEmpty,
      "isContinued": search.cursor != nil,
      "firstLink": Link("/updates", [("q", search.line.text)]).string,
      "liveLink": Link("/live", [("q", LiveSearch.text(of: search.line))]).string,
      "apiLink": Link(
        "/api/v1/updates",
        [("q", search.line.text), ("limit", "\(search.limit)"), ("cursor", search.cursor?.description)]
      ).string,
    ]
    if let command = Command.updates(search.line, inspector.configuration) { context["command"] = command }
    if let note = searchNote(page.searched, found: page.updates.count) { context["note"] = note }
    if let next = page.next {
      context["nextLink"] =
        Link(
          "/updates",
          [("q", search.line.text), ("limit", request.parameters["limit"]), ("cursor", next.description)]
        ).string
      context["nextText"] = page.searched.isComplete ? "Older updates" : "Go on searching"
    }
    return context
  }
}
