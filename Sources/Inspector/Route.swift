import BSON

/// What there is at a path.
struct Route: Sendable {
  enum Content: Sendable {
    case page(@Sendable (Inspector, InspectorRequest) async throws -> any Page)
    case live
  }

  let content: Content
  /// How long the look-up may take, where it is not a look-up in the store.
  var limit: Duration?
  /// What a POST does.
  var act: (@Sendable (Inspector, InspectorRequest) async throws -> InspectorAnswer)?

  private init(_ load: @escaping @Sendable (Inspector, InspectorRequest) async throws -> any Page) {
    content = .page(load)
  }

  private init(live: Void) {
    content = .live
  }

  /// By path. A page and its JSON have the same content.
  static let all: [String: Route] = {
    var routes: [String: Route] = [:]
    func add(_ path: String, api: String, _ route: Route) {
      routes[path] = route
      routes["/api/v1/" + api] = route
    }
    add("/", api: "overview", Route { try await OverviewPage($0, $1) })
    add("/updates", api: "updates", Route { try await UpdatesPage($0, $1) })
    add("/update", api: "update", Route { try await UpdateDetailPage($0, $1) })
    add("/compare", api: "compare", Route { try await ComparePage($0, $1) })
    add("/event", api: "event", Route { try await EventPage($0, $1) })
    add("/user", api: "user", Route { try await UserPage($0, $1) })
    add("/dialog", api: "dialog", Route { try await DialogPage($0, $1) })
    var letters = Route { try await DeadLettersPage($0, $1) }
    letters.limit = .seconds(20)
    letters.act = { try await DeadLettersPage.act($0, $1) }
    add("/dead-letters", api: "dead-letters", letters)
    routes["/live"] = Route { LivePage($0, $1) }
    routes["/api/v1/live"] = Route(live: ())
    return routes
  }()
}

/// What a page shows, looked up and ready to be shown.
protocol Page: Sendable {
  /// The name of its template.
  var template: String { get }
  var title: String { get }
  var status: Int { get }
  /// Its JSON.
  var document: BSONDocument { get }
  /// What the template is filled with.
  func context(_ inspector: Inspector) -> [String: Any]
}

extension Page {
  var status: Int { 200 }
}

extension InspectorError {
  /// `{"error": {"code", "message"}}`
  var document: BSONDocument {
    var output = BSONWriter()
    output.open("error")
    output.append("code", code.rawValue)
    output.append("message", message)
    output.close()
    return output.finish()
  }
}
