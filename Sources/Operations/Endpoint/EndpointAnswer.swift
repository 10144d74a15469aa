import Foundation

/// An answer of the endpoint, made from memory.
package struct EndpointAnswer: Sendable, Equatable {
  package let status: Int
  package let contentType: String
  package let body: String
  /// The methods that the path has, for an answer that refuses another one.
  package var allow: String?

  package init(_ status: Int, _ contentType: String, _ body: String) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// To what is no HTTP.
  static let malformed = EndpointAnswer(400, plain, "This is no request of HTTP/1.1.\n")

  private static let json = "application/json"
  private static let plain = "text/plain; charset=utf-8"

  /// - Parameters:
  ///   - target: The path of the request, with or without a query, or a whole URL (RFC 9112, section 3.2.2).
  ///   - accept: Its `Accept` header.
  package init(to method: String, _ target: String, accept: String?, monitor: WorkerMonitor) {
    guard let found = Self.found(Self.path(of: target), accept, monitor) else {
      self.init(
        404, Self.plain,
        "There is nothing here. There are /health/live, /health/started, "
          + "/health/ready, /metrics and /status.\n")
      return
    }
    guard method == "GET" || method == "HEAD" else {
      self.init(405, Self.plain, "Only GET and HEAD are allowed.\n")
      allow = "GET, HEAD"
      return
    }
    self = found()
  }

  private static func path(of target: String) -> String {
    let path = target.prefix { $0 != "?" }
    guard !path.hasPrefix("/"), let scheme = path.firstRange(of: "://") else { return String(path) }
    return String(path[scheme.upperBound...].drop { $0 != "/" })
  }

  private static func found(
    _ path: String, _ accept: String?, _ monitor: WorkerMonitor
  ) -> (() -> EndpointAnswer)? {
    switch path {
    case "/health/live":
      { state(monitor.health.isLive, "live", "stuck") }
    case "/health/started":
      { state(monitor.health.isStarted, "started", "starting") }
    case "/health/ready":
      { ready(monitor.health) }
    case "/metrics":
      {
        let format = Exposition.Format(accept: accept)
        return EndpointAnswer(200, format.contentType, monitor.metrics(format))
      }
    case "/status":
      {
        do {
          return EndpointAnswer(200, json, try monitor.status.json())
        } catch {
          return EndpointAnswer(500, plain, "The status cannot be written as JSON: \(error)\n")
        }
      }
    default: nil
    }
  }

  private static func state(_ holds: Bool, _ name: String, _ other: String) -> EndpointAnswer {
    EndpointAnswer(holds ? 200 : 503, json, "{\"status\":\"\(holds ? name : other)\"}\n")
  }

  private static func ready(_ health: Health) -> EndpointAnswer {
    if health.isReady {
      return EndpointAnswer(200, json, "{\"role\":\"\((health.role ?? .active).rawValue)\"}\n")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    do {
      let reasons = String(decoding: try encoder.encode(health.reasons), as: UTF8.self)
      return EndpointAnswer(503, json, "{\"status\":\"unready\",\"reasons\":\(reasons)}\n")
    } catch {
      return EndpointAnswer(503, json, "{\"status\":\"unready\",\"reasons\":[]}\n")
    }
  }
}
