import Support

private let mask = "***"

/// A URL without its password, and without the options that may hold one. Where it is not certain what belongs to the
/// password, because it is not percent-encoded or the URL makes no sense, everything after the scheme is masked.
package func maskedURL(_ text: String) -> String {
  guard let separator = text.firstRange(of: "://") else { return mask }
  let scheme = text[..<separator.lowerBound]
  guard !scheme.isEmpty, scheme.utf8.allSatisfy(isOfScheme) else { return mask }
  let everything = scheme + "://" + mask
  let rest = text[separator.upperBound...]
  let authority = rest.prefix { !"/?#".contains($0) }
  let tail = rest[authority.endIndex...]
  guard !tail.contains("@"), !tail.contains("#") else { return everything }
  let at = authority.lastIndex(of: "@")
  let hosts = at.map { authority[$0...].dropFirst() } ?? authority
  guard areHosts(hosts) else { return everything }
  var shown = scheme + "://"
  if let at {
    // Without a colon, nobody knows whether it is a name or a token.
    let user = authority[..<at].firstIndex(of: ":").map { authority[..<$0] } ?? ""
    shown += (user.isEmpty ? "" : user + ":") + mask + "@"
  }
  let path = tail.prefix { $0 != "?" }
  shown += hosts + path
  guard path.endIndex < tail.endIndex else { return String(shown) }
  var options: [String] = []
  for option in tail[path.endIndex...].dropFirst().split(separator: "&", omittingEmptySubsequences: false) {
    guard let shownOption = maskedOption(option) else { return everything }
    options.append(shownOption)
  }
  return shown + "?" + options.joined(separator: "&")
}

/// `nil`: this is no option, and may belong to a password.
private func maskedOption(_ option: Substring) -> String? {
  guard let equals = option.firstIndex(of: "=") else { return nil }
  let name = option[..<equals]
  guard !name.isEmpty, name.utf8.allSatisfy(isOfScheme) else { return nil }
  let mayBeSecret = ["pass", "secret", "token", "properties"].contains { name.lowercased().contains($0) }
  return mayBeSecret ? "\(name)=\(mask)" : String(option)
}

/// Whether this is a list of hosts, each with a port or without.
private func areHosts(_ text: Substring) -> Bool {
  text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { host in
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } : host.prefix { $0 != ":" }
    let after = host[name.endIndex...].drop { $0 == "]" }
    return (after.isEmpty || after.first == ":")
      && after.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
      && name.utf8.allSatisfy { isOfScheme($0) || "[:%".utf8.contains($0) }
  }
}

/// Letters, digits, and `+-._`.
private func isOfScheme(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    || "+-._".utf8.contains(byte)
}
