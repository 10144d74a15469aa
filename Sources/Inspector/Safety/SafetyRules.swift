import Foundation
import Support

/// Who may ask, and what: the token, the `Host`, and where a change may come from.
package struct SafetyRules: Sendable {
  /// What a client must know; `nil`: nothing.
  package let token: String?
  /// The names, in lower case, that the `Host` header may have besides the address at which a connection arrived.
  private let hosts: Set<String>
  /// The name of the cookie. Browsers do not tell the ports of a machine apart, so the port is in it.
  let cookieName: String

  /// - Parameters:
  ///   - host: Where it listens.
  ///   - names: Other names that the `Host` header may have.
  package init(token: String?, host: String, port: Int, names: [String]) {
    self.token = token
    var hosts = Set(names.map { Self.hostName($0.lowercased()) })
    hosts.insert(host.lowercased())
    if Self.isLoopback(host) { hosts.formUnion(["localhost", "127.0.0.1", "::1"]) }
    self.hosts = hosts
    cookieName = "chat3-inspector-\(port)"
  }

  /// 256 random bits.
  package static func makeToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Whether a text can be a token: it must fit into a URL and a cookie as it is, and be hard to guess.
  package static func isToken(_ text: String) -> Bool {
    (16...512).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
  }

  /// Whether only this machine can reach the address.
  package static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    // A name may begin with 127 and be anybody's.
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    return octets.count == 4 && octets[0] == "127"
      && octets.allSatisfy {
        (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { 48...57 ~= $0 } && UInt8($0) != nil
      }
  }

  /// Why a request is refused: forbidden for a foreign host or origin, unauthorized without the token; `nil` when it is
  /// not.
  func refusal(of request: InspectorRequest) -> InspectorError? {
    guard let host = request.fields["host"], isKnown(host, request.localAddress) else {
      return InspectorError(
        .forbidden,
        "The inspector does not answer under the name \(request.fields["host"] ?? "that is missing"); use the address "
          + "that it has printed, or start it with --host-name.")
    }
    if !["GET", "HEAD"].contains(request.method), !isFromHere(request, host: host) {
      return InspectorError(
        .forbidden,
        "A change is made only from the inspector's own pages: open the page and use its button, or send "
          + "Sec-Fetch-Site: same-origin.")
    }
    if credential(of: request) != nil { return nil }
    return InspectorError(
      .unauthorized,
      "The inspector wants its token: open the address that it has printed when it started, or send it as "
        + "Authorization: Bearer.")
  }

  /// What makes a cookie of a token that came with an address, if it is the right one.
  func cookie(for token: String?) -> (String, String)? {
    guard let token, let known = self.token, Self.isSame(token, known) else { return nil }
    return ("Set-Cookie", "\(cookieName)=\(known); Path=/; HttpOnly; SameSite=Strict")
  }

  /// How a client shows that it may.
  package enum Credential: String, Sendable {
    case cookie = "with the cookie"
    case bearer = "with the bearer token"
    /// Everybody who reaches the inspector may.
    case none = "no token is asked for"
  }

  /// How the client of a request has shown that it may; `nil` when it has not.
  func credential(of request: InspectorRequest) -> Credential? {
    guard let token else { return Credential.none }
    if let cookie = request.cookie(cookieName), Self.isSame(cookie, token) { return .cookie }
    let scheme = "bearer "
    guard let sent = request.fields["authorization"], sent.lowercased().hasPrefix(scheme),
      Self.isSame(String(sent.dropFirst(scheme.count)), token)
    else { return nil }
    return .bearer
  }

  /// A browser says where a request comes from: in `Sec-Fetch-Site`, or where it does not send that, because it is old or
  /// because the address is neither this machine's own nor has TLS, in `Origin`.
  private func isFromHere(_ request: InspectorRequest, host: String) -> Bool {
    if let site = request.fields["sec-fetch-site"] { return site == "same-origin" }
    guard let origin = request.fields["origin"]?.lowercased() else { return false }
    return ["http://", "https://"].contains { origin == $0 + host.lowercased() }
  }

  private func isKnown(_ host: String, _ localAddress: String) -> Bool {
    let name = Self.hostName(host.lowercased())
    return !name.isEmpty && (hosts.contains(name) || name == localAddress.lowercased())
  }

  /// Without the port and without the brackets of an IPv6 address.
  private static func hostName(_ host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      let port = host[host.index(after: end)...]
      guard port.isEmpty || port.first == ":" && port.dropFirst().utf8.allSatisfy({ 48...57 ~= $0 }) else {
        return ""
      }
      return String(host[host.index(after: host.startIndex)..<end])
    }
    let colons = host.filter { $0 == ":" }.count
    return colons == 1 ? String(host.prefix { $0 != ":" }) : host
  }

  /// Compares digests, so that the time that it takes says nothing about the token.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    SHA256.hash(Array(left.utf8)) == SHA256.hash(Array(right.utf8))
  }
}
