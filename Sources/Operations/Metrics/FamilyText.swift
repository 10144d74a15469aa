/// What never changes in the text of a family. It is made once, because a scrape writes hundreds of lines.
struct FamilyText: Sendable {
  /// The lines before the values.
  struct Head: Sendable {
    private let prometheus: String
    private let openMetrics: String

    init(_ family: MetricFamily) {
      func lines(_ name: some StringProtocol, quotes: Bool) -> String {
        "# HELP \(name) \(Exposition.escaped(family.help, quotes: quotes))\n# TYPE \(name) \(family.kind.word)\n"
      }
      // In the older format a quote in a HELP text is not escaped.
      prometheus = lines(family.name, quotes: false)
      openMetrics = lines(family.kind == .counter ? family.base : family.name[...], quotes: true)
    }

    subscript(format: Exposition.Format) -> String { format == .prometheus ? prometheus : openMetrics }
  }

  let head: Head
  /// For each series what its lines begin with: one line, or of a histogram one for each bucket, the sum and the count.
  /// They are alike in both formats.
  let beginnings: [[String]]

  init(_ family: MetricFamily) {
    head = Head(family)
    beginnings = family.series.map { values in
      let pairs = zip(family.labels, values).map { "\($0)=\"\(Exposition.escaped($1, quotes: true))\"" }
      func beginning(_ suffix: String, _ pairs: [String]) -> String {
        let labels = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        return "\(family.name)\(suffix)\(labels) "
      }
      guard case .histogram(let bounds) = family.kind else { return [beginning("", pairs)] }
      let buckets = (bounds + [.infinity]).map {
        beginning("_bucket", pairs + ["le=\"\(Exposition.number($0))\""])
      }
      return buckets + [beginning("_sum", pairs), beginning("_count", pairs)]
    }
  }
}

extension MetricFamily {
  /// The name without `_total`, which OpenMetrics takes for a part of the sample's name alone.
  fileprivate var base: Substring { name.hasSuffix("_total") ? name.dropLast("_total".count) : name[...] }
}
