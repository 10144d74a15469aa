/// The address of a broker without credentials, as messages and logs may show it.
package struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
  /// Host name or IP address.
  package let host: String
  package let port: Int
  package let virtualHost: String

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
