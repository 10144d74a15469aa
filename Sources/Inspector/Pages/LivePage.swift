import BSON
import Pipeline

/// What is being stored and published now; the script of the page follows it.
struct LivePage: Page {
  private let line: LiveSearch

  let template = "live"
  let title = "Live"
  var status: Int { line.mistakes.isEmpty ? 200 : 400 }

  init(_ inspector: Inspector, _ request: InspectorRequest) {
    let now = inspector.configuration.now()
    line = LiveSearch(SearchLine(SearchRequest.text(of: request, now: now), now: now))
  }

  var document: BSONDocument { .empty }

  /// What is followed, in a sentence or two.
  private static func sources(_ inspector: Inspector, _ query: UpdateQuery) -> String {
    if inspector.tap == nil {
      return inspector.configuration.isLive
        ? "Updates as they are stored. To see what is published too, start the inspector with --rabbitmq-url."
        : "Updates as they are stored."
    }
    return query.bindingKeys.isEmpty
      ? "Updates as they are stored; nothing that is published meets this search."
      : "Updates as they are stored and as they are published."
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    [
      "q": line.text, "stream": Link("/api/v1/live", [("q", line.text)]).string,
      "hasMistakes": !line.mistakes.isEmpty, "mistakes": line.mistakes,
      "pieces": line.pieces.map {
        ["text": $0.text, "mistake": $0.mistake ?? "", "isWrong": $0.mistake != nil] as [String: Any]
      },
      "sources": Self.sources(inspector, line.query),
      "updatesLink": Link("/updates", [("q", line.text)]).string,
    ]
  }
}
