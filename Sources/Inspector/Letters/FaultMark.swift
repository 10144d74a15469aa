/// Marks the line of a body that its reason speaks of.
enum FaultMark {
  /// The lines, of which the first one that has the field that the reason begins with is marked.
  static func lines(_ text: String, reason: String?) -> [[String: Any]] {
    let path = (reason ?? "").prefix { !$0.isWhitespace && $0 != "," && $0 != ":" }
    let keys = path.split(separator: ".").map { "\"\($0)\":" }
    var found: Int?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The keys of the path come one after the other in the text.
    var rest = keys[...]
    for (index, line) in lines.enumerated() {
      guard let key = rest.first else { break }
      guard line.drop(while: { $0 == " " }).hasPrefix(key) else { continue }
      rest.removeFirst()
      if rest.isEmpty { found = index }
    }
    return lines.enumerated().map { index, line in ["text": String(line), "isFault": index == found] }
  }
}
