/// A request to the inspector, as far as it looks at one.
package struct InspectorRequest: Sendable {
  /// The most bytes of a path with its query.
  static let longestTarget = 8192
  /// The most bytes of a form.
  static let longestForm = 256 << 10

  package var method = "GET"
  /// Without the query.
  package var path: String
  package var parameters = Parameters()
  /// The size of path and query in bytes, as they were sent.
  package var targetSize: Int
  /// Header fields under their names in lower case.
  package var fields: [String: String] = [:]
  /// The address of the client, which is what a client is known by.
  package var client = ""
  /// The address at which the connection arrived.
  package var localAddress = ""
  /// The fields of a form that was sent.
  package var form = Parameters()
  /// Whether a form was sent that is longer than what is read of one.
  package var isFormTooLong = false

  /// - Parameter target: Path and query, as they stand in the first line of the request.
  package init(_ method: String = "GET", _ target: String) {
    self.method = method
    targetSize = target.utf8.count
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = halves.first.map(String.init) ?? "/"
    // Nothing is made of a target that is refused for its length.
    if targetSize <= Self.longestTarget, halves.count == 2 { parameters = Parameters(encoded: halves[1]) }
  }

  /// Whether the answer is JSON, also where it is an error.
  var wantsJSON: Bool { path.hasPrefix("/api/") }

  /// The value of a cookie.
  func cookie(_ name: String) -> String? {
    for pair in (fields["cookie"] ?? "").split(separator: ";") {
      let halves = pair.split(separator: "=", maxSplits: 1)
      if halves.count == 2, halves[0].trimmed == name { return halves[1].trimmed }
    }
    return nil
  }
}

extension Substring {
  /// Without spaces and tabs at the ends.
  fileprivate var trimmed: String {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[first...last])
  }
}
