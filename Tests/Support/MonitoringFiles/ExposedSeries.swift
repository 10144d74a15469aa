/// What a `/metrics` exposes: each series with its labels, and what Prometheus adds to all of them.
package struct ExposedSeries: Sendable {
  private var labels: [String: Set<String>] = [:]

  /// - Parameter text: The text format of Prometheus.
  package init(_ text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let match = line.prefixMatch(of: /([a-zA-Z_:][\w:]*)(\{.*\})?\s/) else { continue }
      let names = (match.output.2 ?? "").matches(of: /([a-zA-Z_]\w*)="/).map { String($0.output.1) }
      labels[String(match.output.1), default: []].formUnion(names)
    }
  }

  /// Labels that Prometheus gives every series.
  private static let ofTheTarget: Set<String> = ["job", "instance"]
  /// Series that Prometheus makes.
  private static let ofPrometheus: [String: Set<String>] = ["up": [], "ALERTS": ["alertname", "alertstate"]]

  /// What the expression names and this does not have, one sentence each.
  package func missing(in names: SeriesNames) -> [String] {
    var complaints: [String] = []
    var known = Self.ofTheTarget
    for (name, selected) in names.series {
      guard let own = labels[name] ?? Self.ofPrometheus[name] else {
        complaints.append("\(name) is not exposed")
        continue
      }
      known.formUnion(own)
      for label in selected.subtracting(own).subtracting(Self.ofTheTarget) {
        complaints.append("\(name) has no label \(label)")
      }
    }
    for label in names.labels.subtracting(known) { complaints.append("no series has the label \(label)") }
    return complaints.sorted()
  }
}
