import Foundation
package import Maintenance
package import Pipeline

/// What the pages need of a store.
package typealias PageStore = InspectedStore & StateRecords & WorkJournal

/// The pages about stored updates, and their JSON: a request in, an answer out.
package final class Inspector: Sendable {
  let store: any PageStore
  /// `nil` where there is no RabbitMQ.
  let letters: (any LetterBox)?
  /// What is published; `nil` where only the store is followed.
  let tap: SharedTap?
  let configuration: InspectorConfiguration
  let templates: Templates
  let receipts = ActionReceipts()
  private let turns = ClientTurns(atOnce: 2, longestLine: 200)

  /// - Parameters:
  ///   - letters: The dead letters; `nil` where there is no RabbitMQ.
  ///   - tap: What is published, for the live page; `nil`: it follows only the store.
  /// - Throws: when a template cannot be read, which the tests exclude.
  package init(
    _ store: any PageStore, letters: (any LetterBox)? = nil, tap: (any UpdateTap)? = nil,
    _ configuration: InspectorConfiguration
  ) throws {
    self.store = store
    self.letters = letters
    self.tap = tap.map { SharedTap($0, sentence: configuration.sentence) }
    self.configuration = configuration
    templates = try Templates()
  }

  /// Lets go of what is published. Streams that still run go on with what is stored.
  package func close() async { await tap?.close() }

  package func answer(_ request: InspectorRequest) async -> InspectorAnswer {
    do {
      return try await found(request)
    } catch {
      return answer(to: request, failed: error)
    }
  }

  private func found(_ request: InspectorRequest) async throws -> InspectorAnswer {
    guard request.targetSize <= InspectorRequest.longestTarget else {
      throw InspectorError(
        .badRequest,
        "The address is \(request.targetSize) bytes long; \(InspectorRequest.longestTarget) are read. Ask for less."
      )
    }
    let refusal = configuration.rules.refusal(of: request)
    // The page that asks for the token has them too, but nothing is answered under a foreign name.
    if refusal?.code != .forbidden, ["GET", "HEAD"].contains(request.method),
      let asset = Asset.all[request.path]
    {
      return InspectorAnswer(200, asset.contentType, .bytes(Array(asset.text.utf8)), caching: "max-age=60")
    }
    if let refusal {
      guard refusal.code == .unauthorized,
        let cookie = configuration.rules.cookie(for: request.parameters["token"])
      else { throw refusal }
      return .redirect(to: withoutToken(request), fields: [cookie])
    }
    if request.parameters.isDamaged {
      throw InspectorError(
        .badRequest, "The address holds something that is not UTF-8 in percent-encoding; write it anew.")
    }
    if request.parameters["token"] != nil, request.method == "GET" {
      return .redirect(to: withoutToken(request))
    }
    guard let route = Route.all[request.path] else {
      throw InspectorError(
        .notFound, "There is no page at \(request.path.prefix(200)); the pages are linked at the top.")
    }
    if request.method == "POST", let act = route.act {
      guard !request.isFormTooLong else {
        throw InspectorError(
          .badRequest,
          "The form is longer than \(InspectorRequest.longestForm >> 10) kB, of which nothing was done; choose fewer."
        )
      }
      if let absence = configuration.absence() { throw InspectorError(.unavailable, absence) }
      return try await turns.perform(for: request.client) { try await act(self, request) }
    }
    guard ["GET", "HEAD"].contains(request.method) else {
      throw InspectorError(.notAllowed, "\(request.path) is only read, with GET.")
    }
    if let absence = configuration.absence() { throw InspectorError(.unavailable, absence) }
    switch route.content {
    case .page(let load):
      let limit = route.limit ?? configuration.longestLookUp
      let page = try await turns.perform(for: request.client, within: limit) { try await load(self, request) }
      return request.wantsJSON
        ? .json(page.document, status: page.status) : try html(page, request)
    case .live:
      return InspectorAnswer(
        200, "text/event-stream; charset=utf-8", .live(try LiveTail(self, request)),
        fields: [("X-Accel-Buffering", "no")])
    }
  }

  /// The same address without the token, so that it does not stay where it can be read.
  private func withoutToken(_ request: InspectorRequest) -> String {
    // Nowhere else: `//host/` would lead away.
    var link = Link(Route.all[request.path] == nil ? "/" : request.path)
    for (name, value) in request.parameters.pairs where name != "token" { link.add(name, value) }
    return link.string
  }

  private func html(_ page: any Page, _ request: InspectorRequest) throws -> InspectorAnswer {
    let body = try templates.render(page.template, page.context(self))
    return .html(try frame(page.title, body, request, name: page.template), status: page.status)
  }

  private func frame(
    _ title: String, _ body: String, _ request: InspectorRequest, name: String, isLetIn: Bool = true
  ) throws -> String {
    let pages: [(path: String, title: String)] = [
      ("/", "Overview"), ("/updates", "Updates"), ("/live", "Live"), ("/dead-letters", "Dead letters"),
    ]
    return try templates.render(
      "frame",
      [
        "title": title, "body": body, "page": name,
        // Where the store is, only those learn who may look into it.
        "store": isLetIn ? configuration.storeName : "",
        "q": request.path == "/updates" || request.path == "/live"
          ? SearchRequest.text(of: request, now: configuration.now()) : "",
        "isMasked": isLetIn && !configuration.mask.isEmpty,
        "pages": pages.map {
          ["path": $0.path, "title": $0.title, "isCurrent": $0.path == request.path] as [String: Any]
        },
      ])
  }

  private func answer(to request: InspectorRequest, failed error: any Error) -> InspectorAnswer {
    let error =
      error as? InspectorError ?? InspectorError(.unavailable, configuration.sentence(error))
    let fields = error.code == .notAllowed ? [("Allow", "GET, HEAD")] : []
    if !request.wantsJSON {
      do {
        let body = try templates.render("error", ["title": error.code.title, "message": error.message])
        return .html(
          try frame(
            error.code.title, body, request, name: "error",
            isLetIn: configuration.rules.refusal(of: request) == nil),
          status: error.code.status, fields: fields
        )
      } catch {
        // The sentence is there in JSON all the same.
      }
    }
    return .json(error.document, status: error.code.status, fields: fields)
  }
}
