import Foundation

/// Where a RabbitMQ listens for AMQP without TLS, and who the tests are there.
package struct RabbitEndpoint: Sendable {
  /// A name or an address; an IPv6 address is without its brackets.
  package let host: String
  package let port: Int
  package let user: String
  package let password: String
  package let virtualHost: String

  /// A server on this machine, with the user and the virtual host that every new server has.
  package init(port: Int) {
    (host, self.port, user, password, virtualHost) = ("127.0.0.1", port, "guest", "guest", "/")
  }

  /// The server that `RABBITMQ_TEST_URL` names.
  init(url: String) throws {
    guard let parts = URLComponents(string: url), parts.scheme?.lowercased() == "amqp", let host = parts.host,
      !host.isEmpty
    else { throw TestServerError("RABBITMQ_TEST_URL takes amqp://USER:PASSWORD@HOST:PORT/VIRTUAL-HOST") }
    self.host = host.trimmingCharacters(in: ["[", "]"])
    port = parts.port ?? 5672
    user = parts.user ?? "guest"
    password = parts.password ?? "guest"
    let path = parts.percentEncodedPath.dropFirst()
    virtualHost = path.isEmpty ? "/" : path.removingPercentEncoding ?? String(path)
  }

  /// `amqp://…` of this server. What the caller gives is already percent-encoded.
  package func url(user: String? = nil, password: String? = nil, path: String? = nil) -> String {
    let user = user ?? Self.encode(self.user)
    let password = password ?? Self.encode(self.password)
    let path = path ?? (virtualHost == "/" ? "" : Self.encode(virtualHost))
    return "amqp://\(user):\(password)@\(host.contains(":") ? "[\(host)]" : host):\(port)/\(path)"
  }

  private static func encode(_ text: String) -> String {
    text.addingPercentEncoding(
      withAllowedCharacters: .alphanumerics.intersection(.init(charactersIn: "!"..."~")))
      ?? text
  }
}
