/// Where the endpoint listens, as the setting has it.
package enum EndpointSetting: Sendable, Equatable {
  /// The first free port of ``usualPorts`` on this machine, or none if all are taken.
  case usual
  case address(EndpointAddress)
  case off

  package static let usualHost = "127.0.0.1"
  package static let usualPorts = 9464...9473

  /// Reads `HOST:PORT` or `off`; `nil` when it is neither.
  package init?(_ text: String) {
    if text == "off" {
      self = .off
    } else if let address = EndpointAddress(text) {
      self = .address(address)
    } else {
      return nil
    }
  }
}

/// A host and a port; port 0 stands for any that is free.
package struct EndpointAddress: Sendable, Equatable, CustomStringConvertible {
  /// A name, an IPv4 address, or an IPv6 address without brackets.
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT`; an IPv6 address stands in brackets.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let (host, digits) = (text[..<colon], text[colon...].dropFirst())
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
      return nil
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
    let name = isBracketed ? host.dropFirst().dropLast() : host
    let isAddress6 = name.contains(":")
    guard !name.isEmpty, isBracketed == isAddress6,
      name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"[]/@?#".utf8.contains($0) })
    else { return nil }
    self.init(host: String(name), port: Int(port))
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
