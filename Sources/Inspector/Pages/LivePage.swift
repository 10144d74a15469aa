import BSON
import Pipeline

/// What is being stored now; the script of the page follows it.
struct LivePage: Page {
  private let line: SearchLine

  let template = "live"
  let title = "Live"
  var status: Int { line.mistakes.isEmpty ? 200 : 400 }

  init(_ inspector: Inspector, _ request: InspectorRequest) {
    let now = inspector.configuration.now()
    line = SearchLine(SearchRequest.text(of: request, now: now), now: now)
  }

  var document: BSONDocument { .empty }

  func context(_ inspector: Inspector) -> [String: Any] {
    [
      "q": line.text, "stream": Link("/api/v1/live", [("q", line.text)]).string,
      "hasMistakes": !line.mistakes.isEmpty, "mistakes": line.mistakes,
      "pieces": line.pieces.map {
        ["text": $0.text, "mistake": $0.mistake ?? "", "isWrong": $0.mistake != nil] as [String: Any]
      },
      "updatesLink": Link("/updates", [("q", line.text)]).string,
    ]
  }
}
