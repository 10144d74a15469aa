import BSON
import Pipeline

/// The search of a request: its line, and what single parameters say besides.
struct SearchRequest: Sendable {
  /// The most updates of a page.
  static let mostUpdates = 500
  /// The parameters that stand for a term each.
  private static let single: [(String, SearchField)] = [
    ("tenant", .tenant), ("user", .user), ("dialog", .dialog), ("event", .event), ("type", .type),
  ]

  let line: SearchLine
  let limit: Int
  /// Where the listing goes on; `nil` at its beginning.
  let cursor: UpdateCursor?

  /// - Throws: ``InspectorError`` for a limit or a cursor that makes no sense. Mistakes in the search are told by the line.
  init(_ request: InspectorRequest, now: Double, limit usual: Int) throws(InspectorError) {
    line = SearchLine(Self.text(of: request, now: now), now: now)
    let parameters = request.parameters
    limit = try Self.limit(parameters, usual: usual, most: Self.mostUpdates)
    cursor = try Self.cursor(parameters)
  }

  /// How many are asked for.
  static func limit(_ parameters: Parameters, usual: Int, most: Int) throws(InspectorError) -> Int {
    guard let text = parameters["limit"] else { return usual }
    guard let limit = Int(text), (1...most).contains(limit) else {
      throw InspectorError(.badRequest, "limit takes a count from 1 to \(most), not \"\(text.prefix(60))\".")
    }
    return limit
  }

  static func cursor(_ parameters: Parameters) throws(InspectorError) -> UpdateCursor? {
    guard let text = parameters["cursor"] else { return nil }
    guard let cursor = UpdateCursor(text) else {
      throw InspectorError(
        .badRequest,
        "cursor takes what an answer has given as next, not \"\(text.prefix(60))\"; leave it out to begin at the newest."
      )
    }
    return cursor
  }

  /// All that is asked for, as one search line.
  static func text(of request: InspectorRequest, now: Double) -> String {
    var texts = request.parameters["q"].map { [$0] } ?? []
    for (name, field) in single {
      guard let value = request.parameters[name] else { continue }
      // An event type is fine for `type`, too.
      texts.append(SearchTerm(field, value).text)
    }
    if let value = request.parameters["unpublished"], !["0", "false"].contains(value) {
      texts.append(SearchTerm(.published, "unpublished").text)
    }
    return texts.joined(separator: " ")
  }

  /// The query for the page.
  var query: UpdateQuery {
    var query = line.query
    query.limit = limit
    if let cursor {
      // A place in the listing comes after that of the time that the search names, or is no place of this search.
      query.cursor = query.cursor.map { $0.comes(after: cursor) ? $0 : cursor } ?? cursor
    }
    return query
  }
}
