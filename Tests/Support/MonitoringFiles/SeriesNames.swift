/// The series and labels that an expression of PromQL names.
package struct SeriesNames: Sendable {
  /// Each series, and the labels that the expression selects it by.
  package private(set) var series: [String: Set<String>] = [:]
  /// Labels that results are grouped, matched or described by.
  package private(set) var labels: Set<String> = []

  private static let keywords: Set<String> = [
    "and", "or", "unless", "by", "on", "without", "ignoring", "bool", "offset", "group_left", "group_right",
    "inf",
    "nan",
  ]

  /// - Parameter legend: Templates that go with the expression, which may name labels of the result.
  package init(_ expression: String, legend: String = "") {
    for match in legend.matches(of: /\{\{\s*([a-z_]+)\s*\}\}|\$labels\.([a-z_]+)/) {
      if let label = match.output.1 ?? match.output.2 { labels.insert(String(label)) }
    }
    // What stands in quotes is no name.
    var rest = expression.replacing(/"(?:\\.|[^"\\])*"/, with: "\"\"")
    // Numbers and durations, and the variables of Grafana that stand for them.
    rest = rest.replacing(/\[[^\]]*\]|\b[0-9][\w.]*/, with: "")
    for match in rest.matches(of: /label_values\(([a-z_]+)(\{[^}]*\})?,\s*([a-z_]+)\)/) {
      labels.insert(String(match.output.3))
    }
    rest = rest.replacing(/label_values\(([a-z_]+)(\{[^}]*\})?,\s*[a-z_]+\)/) { match in
      "\(match.output.1)\(match.output.2 ?? "")"
    }
    for match in rest.matches(of: /\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/) {
      for label in match.output.1.split(separator: /[,\s]+/) { labels.insert(String(label)) }
    }
    rest = rest.replacing(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/, with: "")
    for match in rest.matches(of: /([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?/) {
      let (name, follows) = (String(match.output.1), match.output.2 ?? "")
      // A name before a bracket is a function.
      if follows == "(" || Self.keywords.contains(name.lowercased()) { continue }
      var selected = series[name] ?? []
      for label in follows.matches(of: /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/) {
        selected.insert(String(label.output.1))
      }
      series[name] = selected
    }
  }
}
