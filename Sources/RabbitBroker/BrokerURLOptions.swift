/// The options after the `?` of a ``BrokerURL``.
struct BrokerURLOptions: Sendable, Equatable {
  var tls = BrokerTLS()
  var heartbeat: Int?
  var connectionTimeout: Duration?

  init() {}

  init(query: Substring) throws(BrokerError) {
    for pair in query.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(halves[0])
      try set(name, to: halves.count == 2 ? BrokerURL.decode(halves[1], "options") : "")
    }
    guard (tls.certificateFile == nil) == (tls.keyFile == nil) else {
      throw BrokerURL.fault("its options certfile and keyfile must be given together")
    }
  }

  private mutating func set(_ name: String, to value: String) throws(BrokerError) {
    switch name {
    case "cacertfile": tls.authorityFile = value
    case "certfile": tls.certificateFile = value
    case "keyfile": tls.keyFile = value
    case "verify":
      switch value {
      case "verify_peer": tls.verifiesPeer = true
      case "verify_none": tls.verifiesPeer = false
      default: throw BrokerURL.fault("its option verify is neither verify_peer nor verify_none")
      }
    case "heartbeat": heartbeat = try number(value, name, 0...65535)
    case "connection_timeout": connectionTimeout = .milliseconds(try number(value, name, 1...600_000))
    // Options of other clients, which mean nothing here but occur in existing configurations.
    case "frameMax", "channelMax", "locale", "frame_max", "channel_max", "auth_mechanism", "depth",
      "server_name_indication", "fail_if_no_peer_cert":
      break
    default:
      // Anything else may belong to a password that is not percent-encoded.
      let isName = name.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
      }
      throw BrokerURL.fault(isName ? "its option \(name) is unknown" : "it has an unknown option")
    }
  }

  private func number(_ text: String, _ name: String, _ range: ClosedRange<Int>) throws(BrokerError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw BrokerURL.fault(
        "its option \(name) is not a number between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }
}
