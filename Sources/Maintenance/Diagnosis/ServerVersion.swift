/// A version as servers tell it, compared by its numbers.
struct ServerVersion: Comparable {
  let numbers: [Int]

  /// `nil` when the text does not begin with a number.
  init?(_ text: String) {
    numbers = text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    if numbers.isEmpty { return nil }
  }

  static func < (left: ServerVersion, right: ServerVersion) -> Bool {
    left.numbers.lexicographicallyPrecedes(right.numbers)
  }

  /// Judges a server's version.
  static func finding(
    _ version: Answer<String>?, least: String, of server: String, _ findings: inout FindingList
  ) {
    switch version {
    case nil: break
    case .refused(let reason), .failed(let reason):
      findings.warn("version", "\(server) does not tell its version: \(reason).")
    case .known(let text):
      guard let version = ServerVersion(text), let least = ServerVersion(least) else {
        findings.warn("version", "\(server) calls its version \"\(text)\", which is none that is known.")
        return
      }
      if version < least {
        findings.fail(
          "version", "\(server) has the version \(text), which is too old.",
          remedy: "Update it to \(least.numbers.map(String.init).joined(separator: ".")) or later.")
      } else {
        findings.ok("version", "\(server) has the version \(text).")
      }
    }
  }
}
