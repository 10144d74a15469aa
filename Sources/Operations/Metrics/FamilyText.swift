/// What never changes in the text of a family, in UTF-8. It is made once, because a scrape writes hundreds of lines.
struct FamilyText: Sendable {
  /// The lines before the values.
  struct Head: Sendable {
    private let prometheus: [UInt8]
    private let openMetrics: [UInt8]

    init(_ family: MetricFamily) {
      func lines(_ name: some StringProtocol, quotes: Bool) -> [UInt8] {
        let help = Exposition.escaped(family.help, quotes: quotes)
        return Array("# HELP \(name) \(help)\n# TYPE \(name) \(family.kind.word)\n".utf8)
      }
      // In the older format a quote in a HELP text is not escaped.
      prometheus = lines(family.name, quotes: false)
      openMetrics = lines(family.kind == .counter ? family.base : family.name[...], quotes: true)
    }

    subscript(format: Exposition.Format) -> [UInt8] { format == .prometheus ? prometheus : openMetrics }
  }

  let head: Head
  /// For each series what its lines begin with: one line, or of a histogram one for each bucket, the sum and the count.
  /// They are alike in both formats.
  let beginnings: [[[UInt8]]]

  init(_ family: MetricFamily) {
    head = Head(family)
    beginnings = family.series.map { values in
      let pairs = zip(family.labels, values).map { "\($0)=\"\(Exposition.escaped($1, quotes: true))\"" }
      func beginning(_ suffix: String, _ pairs: [String]) -> [UInt8] {
        let labels = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        return Array("\(family.name)\(suffix)\(labels) ".utf8)
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
