import Support
import Pipeline

/// `amqp://user:password@host:port/vhost?options`, or `amqps://` for TLS (RabbitMQ's URI specification).
/// Everything but the scheme may be left out. User name, password and virtual host are percent-encoded; if
/// the path is missing or empty, the virtual host is `/`. The nodes of a cluster are separated by commas, as in
/// `amqp://user:password@host1:port,host2:port/vhost`.
///
/// Options: `heartbeat` (seconds, 0 for none), `connection_timeout` (milliseconds); for `amqps` also
/// `cacertfile`, `certfile`, `keyfile` (PEM files) and `verify` (`verify_peer`, the default, or
/// `verify_none`). Options that other clients understand and that mean nothing here are ignored.
package struct BrokerURL: Sendable, Hashable {
  /// The only host, or the first of several.
  package private(set) var address: BrokerAddress
  /// Further hosts of the same installation, in their order.
  private var others: [BrokerAddress]
  package let user: String
  /// Appears in no description.
  let password: String
  /// `nil` for `amqp`.
  package let tls: BrokerTLS?
  /// The option `heartbeat`, in seconds; 0 for none.
  package let heartbeat: Int?
  /// The option `connection_timeout`.
  package var connectionTimeout: Duration?

  /// - Throws: ``BrokerError`` with the code `invalidConfiguration`, whose message shows nothing of the
  ///   credentials.
  package init(_ text: String) throws(BrokerError) {
    let (scheme, rest) = try Self.scheme(of: text)
    guard !StrayCredentials.areIn(text) else { throw Self.fault("there is an @ after its host") }
    var remainder = rest[...]
    var options = BrokerURLOptions()
    if let mark = remainder.firstIndex(of: "#") { remainder = remainder[..<mark] }
    if let mark = remainder.firstIndex(of: "?") {
      options = try BrokerURLOptions(query: remainder[remainder.index(after: mark)...])
      remainder = remainder[..<mark]
    }
    var path: Substring = ""
    if let slash = remainder.firstIndex(of: "/") {
      path = remainder[remainder.index(after: slash)...]
      remainder = remainder[..<slash]
    }
    var credentials: Substring?
    if let at = remainder.lastIndex(of: "@") {
      credentials = remainder[..<at]
      remainder = remainder[remainder.index(after: at)...]
    }
    let fields = (credentials ?? "guest:guest").split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    user = try Self.decode(fields[0], "user name")
    password = try fields.count > 1 ? Self.decode(fields[1], "password") : (credentials == nil ? "guest" : "")
    let virtualHost = path.isEmpty ? "/" : try Self.decode(path, "virtual host")
    guard virtualHost.utf8.count <= MessageLimits.shortString else {
      throw Self.fault("its virtual host has more than \(MessageLimits.shortString) bytes")
    }
    let defaultPort = scheme == "amqps" ? 5671 : 5672
    var addresses: [BrokerAddress] = []
    for entry in remainder.split(separator: ",", omittingEmptySubsequences: false) {
      guard !entry.isEmpty || remainder.isEmpty else { throw Self.fault("one of its hosts is empty") }
      let (host, port) = try Self.endpoint(entry, defaultPort: defaultPort)
      let address = BrokerAddress(host: host, port: port, virtualHost: virtualHost)
      if !addresses.contains(address) { addresses.append(address) }
    }
    address = addresses.removeFirst()
    others = addresses
    heartbeat = options.heartbeat
    connectionTimeout = options.connectionTimeout
    guard scheme == "amqps" || options.tls == BrokerTLS() else {
      throw Self.fault("its options for TLS need amqps:// instead of amqp://")
    }
    tls = scheme == "amqps" ? options.tls : nil
  }

  /// All hosts, in their order.
  package var addresses: [BrokerAddress] { [address] + others }

  /// The hosts without credentials, as messages may show them.
  package var location: String { addresses.map(\.description).joined(separator: ",") }

  /// The same URL for each host by itself, in the order in which they are to be tried: shuffled, so that clients
  /// spread over the nodes of a cluster, with the host that has failed last.
  ///
  /// - Parameter failed: The host of the connection before. It may answer and yet be cut off from the others.
  func attempts(avoiding failed: BrokerAddress?) -> [BrokerURL] {
    let shuffled = addresses.shuffled()
    return (shuffled.filter { $0 != failed } + shuffled.filter { $0 == failed }).map(only)
  }

  /// The same URL for one of its hosts.
  func only(_ address: BrokerAddress) -> BrokerURL {
    var url = self
    (url.address, url.others) = (address, [])
    return url
  }

  static func fault(_ reason: String) -> BrokerError {
    BrokerError(
      .invalidConfiguration,
      "The RabbitMQ URL cannot be used: \(reason). It has the form amqp://user:password@host:port/vhost, "
        + "with special characters in user, password and vhost percent-encoded, and commas between several "
        + "hosts.",
      isRetryable: false)
  }

  private static func scheme(of text: String) throws(BrokerError) -> (String, Substring) {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      throw fault("it does not begin with amqp:// or amqps://")
    }
    let scheme = text[..<colon].lowercased()
    guard scheme == "amqp" || scheme == "amqps" else {
      throw fault("it does not begin with amqp:// or amqps://")
    }
    return (scheme, text[text.index(colon, offsetBy: 3)...])
  }

  private static func endpoint(
    _ text: Substring, defaultPort: Int
  ) throws(BrokerError) -> (host: String, port: Int) {
    var host = text
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else {
        throw fault("the bracket of its IPv6 address is not closed")
      }
      host = text[text.index(after: text.startIndex)..<end]
      guard host.contains(":") else { throw fault("there is no IPv6 address in its brackets") }
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw fault("something other than a port follows its host")
      }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
      guard port?.contains(":") != true else { throw fault("an IPv6 address needs brackets, as in [::1]") }
    }
    var number = defaultPort
    if let port, !port.isEmpty {
      guard port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(port), 1...65535 ~= value
      else {
        throw fault("its port is not a number between 1 and 65535")
      }
      number = value
    }
    return (host.isEmpty ? "localhost" : try decode(host, "host"), number)
  }

  /// Percent-decodes a component. It becomes a C string, so NUL is refused.
  static func decode(_ text: Substring, _ component: String) throws(BrokerError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), high != UInt8(ascii: "+")
      else {
        throw fault("there is a % in its \(component) that is not followed by two hex digits (write %25)")
      }
      bytes.append(value)
    }
    guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
      throw fault("its \(component) is not percent-encoded UTF-8 text")
    }
    return decoded
  }
}

extension BrokerURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The URL without the password and options.
  package var description: String {
    "\(tls == nil ? "amqp" : "amqps")://\(user):***@\(location)/"
      + (address.virtualHost == "/" ? "" : address.virtualHost)
  }

  package var debugDescription: String { description }

  /// Shows no more than ``description``.
  package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
