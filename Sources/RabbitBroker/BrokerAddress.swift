/// A broker as messages and logs may name it: without credentials.
package struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
  /// Host name or IP address.
  package let host: String
  /// TCP port.
  package let port: Int
  /// The virtual host.
  package let virtualHost: String

  /// Names a broker.
  package init(host: String, port: Int, virtualHost: String) {
    self.host = host
    self.port = port
    self.virtualHost = virtualHost
  }

  /// `host:port`, an IPv6 address in brackets.
  package var description: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
