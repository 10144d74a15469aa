/// A broker as messages and logs may name it: without credentials.
public struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
  /// Host name or IP address.
  public let host: String
  /// TCP port.
  public let port: Int
  /// The virtual host.
  public let virtualHost: String

  /// Names a broker.
  public init(host: String, port: Int, virtualHost: String) {
    self.host = host
    self.port = port
    self.virtualHost = virtualHost
  }

  /// `host:port`, an IPv6 address in brackets.
  public var description: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
